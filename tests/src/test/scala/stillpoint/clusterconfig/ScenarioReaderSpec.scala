package stillpoint.clusterconfig

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import scala.jdk.CollectionConverters._
import stillpoint.clusterconfig.Scenarios._
import stillpoint.kernel.config.KernelConfig.{FtraceUpdate, IcacheFlush, Preempt}
import stillpoint.kernel.config.ShellCommand
import stillpoint.kernel.report.Verdict
import stillpoint.machine.interrupt.CpuSet

@RunWith(classOf[JUnitRunner])
class ScenarioReaderSpec extends AnyWordSpec with Matchers {

  private def script(line: String) =
    s"""script = [ { at = 1us, on = 0, run = "$line" } ]"""

  "A scenario" should {
    "be read into a setup that says everything" in {
      val scenario = read(hang)
      scenario.name shouldBe "x"
      scenario.about shouldBe "A hang."
      val setup = scenario.setup
      setup.seed shouldBe 42
      setup.board.name shouldBe "xls416"
      setup.board.cpuCount shouldBe 16
      setup.kernel.ftraceUpdate shouldBe FtraceUpdate.STOP_MACHINE
      setup.kernel.icacheFlush shouldBe IcacheFlush.WAIT_IPI
      setup.kernel.preempt shouldBe Preempt.FULL
      setup.guest.runOn shouldBe CpuSet.range(0, 16)
      setup.script.asScala.map(c => (c.atNanos, c.cpu, c.command)) shouldBe
        Seq((100000L, 5, new ShellCommand.SetCurrentTracer(true)))
      setup.virtualTimeLimitNanos shouldBe 60000000000L
      setup.settleNanos shouldBe 50000L
      scenario.expect.get.verdict.get shouldBe Verdict.DEADLOCK
      scenario.expect.get.patchingCpu.getAsInt shouldBe 0
      scenario.expect.get.waitsFor.get shouldBe "csd"
      scenario.notes.asScala shouldBe empty
    }
    "need nothing to be said at all" in {
      val setup = read("").setup
      setup.board.name shouldBe "generic"
      setup.kernel.ftraceUpdate shouldBe FtraceUpdate.DIRECT
      setup.script.asScala shouldBe empty
    }
    "take its script in order of time" in {
      val setup = read("""script = [ { at = 2us, on = 1, run = dmesg }, { at = 1us, on = 0, run = dmesg } ]""").setup
      setup.script.asScala.map(_.cpu) shouldBe Seq(0, 1)
    }
    "name CPUs as all, as ranges, or as a list" in {
      def runOn(value: String) = read(s"machine.board = xls416, guest.run-on = $value").setup.guest.runOn.toString
      runOn("all") shouldBe "0-15"
      runOn("\"0-3, 5\"") shouldBe "0-3,5"
      runOn("[ 1, 2, \"8-9\" ]") shouldBe "1-2,8-9"
      runOn("7") shouldBe "7"
    }
    "override single switches of its variant" in {
      val kernel = read("kernel { variant = delayed-flush, hz = 100, preempt = none, icache-flush = global-hit }").setup.kernel
      kernel.hz shouldBe 100
      kernel.preempt shouldBe Preempt.NONE
      kernel.icacheFlush shouldBe IcacheFlush.GLOBAL_HIT
      kernel.delayedFlush shouldBe true
    }
  }

  "Times" should {
    "be read in every unit, exactly" in {
      def limit(text: String) = read(s"limits.virtual-time = $text").setup.virtualTimeLimitNanos
      limit("7ns") shouldBe 7
      limit("7us") shouldBe 7000
      limit("1.5 ms") shouldBe 1500000
      limit("2s") shouldBe 2000000000L
    }
    "be refused without a unit, with a wrong one, negative, too fine or too long" in {
      refusal("limits.virtual-time = 60") shouldBe
        "limits.virtual-time = 60 has no unit (scenarios/x.conf: 1); add ns, us, ms or s, for instance 100us"
      refusal("limits.virtual-time = 60 days") should include("has a unit that does not exist")
      refusal("limits.virtual-time = -1us") should include("limits.virtual-time = -1us is negative (scenarios/x.conf: 1)")
      refusal("limits.virtual-time = 0.5ns") should include("finer than a nanosecond")
      refusal("limits.virtual-time = 99999999999s") should include("is too long")
      refusal("limits.virtual-time = soon") should include("is not a number with a unit")
      refusal("limits.virtual-time = 0s") should include("leaves no time")
      refusal("machine.latency.cpu-to-home = 30") should include("has no unit")
    }
    "be latencies too, rounded up to cycles" in {
      read("machine { board = octeon-cn58, latency.cpu-to-home = 50ns }").setup.board.cpuToHomeCycles shouldBe 40
      read("machine { board = octeon-cn58, latency.cpu-to-home = 51ns }").setup.board.cpuToHomeCycles shouldBe 41
      read("machine.latency.cpu-to-home = 31 cycles").setup.board.cpuToHomeCycles shouldBe 31
    }
  }

  "A mistake" should {
    "be an unknown key anywhere, with what was meant" in {
      refusal("\n\nmachine { bord = xls416 }") should startWith(
        "unknown key 'machine.bord' (scenarios/x.conf: 3); did you mean 'board'?"
      )
      refusal("sede = 1") should include("unknown key 'sede' (scenarios/x.conf: 1); did you mean 'seed'?")
      refusal("kernel.ftrace.updat = direct") should include("did you mean 'update'?")
      refusal("script = [ { at = 1us, on = 0, runn = 1, run = dmesg } ]") should include(
        "unknown key 'script[0].runn'"
      )
      refusal("expect.verdcit = healthy") should include("did you mean 'verdict'?")
      refusal("machine.l1i.zzzzzz = 1") should include("there are: size-kib, ways, line-bytes")
    }
    "be a misspelt board, variant or choice, with what exists" in {
      refusal("machine.board = xls415") should startWith(
        "machine.board = xls415 does not exist (scenarios/x.conf: 1); did you mean 'xls416'?"
      )
      refusal("kernel.variant = delayed-flsh") should (include("did you mean 'delayed-flush'?") and include(
        "stop-machine+wait-ipi"
      ))
      refusal("kernel.preempt = maybe") should include("there are: full, voluntary, none")
      refusal("expect.verdict = dedlock") should include("did you mean 'deadlock'?")
    }
    "be an impossible number" in {
      refusal("machine.cpus = 0") shouldBe
        "machine.cpus = 0 is out of range (scenarios/x.conf: 1); give a whole number within 1 .. 1000000"
      refusal("machine.cpus = 1000000000") should include("is out of range")
      refusal("machine.cpus = 1e9") should include("is out of range")
      refusal("machine.cpus = many") should include("is not a number")
      refusal("machine.cpus = 2.5") should include("is not a whole number")
      refusal("machine.l1i.line-bytes = 48") should include("is not a power of two (scenarios/x.conf: 1); try 32 or 64")
      refusal("machine.l1d.line-bytes = 64") should include("differs from machine.l1i.line-bytes")
      refusal("machine.l1i.size-kib = 5") should include("does not give a power of two of sets")
      refusal("kernel.hz = 0") should include("1 .. 10000")
      for (latency <- Seq("cpu-to-home", "cpu-to-controller", "cpu-to-console"))
        refusal(s"machine.latency.$latency = 0 cycles") should
          (startWith(s"machine.latency.$latency = 0 cycles is out of range (scenarios/x.conf: 1); ") and not include "\n")
      refusal("machine { cpus = 2, directory-slices = 513 }") shouldBe
        "machine.directory-slices = 513 is more than the 512 lines that all caches hold (scenarios/x.conf: 1);" +
        " give at most 512, or larger caches"
      read("machine { cpus = 2, directory-slices = 512 }").setup.board.directorySlices shouldBe 512
      refusal("seed = 99999999999999999999") should include("is out of range")
    }
    "be a script line that cannot be meant" in {
      refusal(script("echo nop")) should include("write echo WORDS > FILE")
      refusal(script("cat")) should include("names 0 files to show")
      refusal(script(" ")) should include("script[0].run")
      refusal(script("dmesg -w")) should include("gives dmesg more than it takes")
      refusal(script("echo a/b > /debug/tracing/set_ftrace_filter")) should include("is no name of a function")
    }
    "be a script line on a CPU or at a time that is not there" in {
      refusal("machine.board = xls416, script = [ { at = 1us, on = 16, run = dmesg } ]") should include(
        "script[0].on = 16 is not a CPU of this board (scenarios/x.conf: 1); its CPUs are 0-15"
      )
      refusal("script = [ { at = 61s, on = 0, run = dmesg } ]") should include("after the end")
      refusal("script = [ { on = 0, run = dmesg } ]") should include("script[0].at is missing")
    }
    "be a guest that is not there, cannot be used, or has the wrong byte order" in {
      refusal("guest.elf = guest/none.elf") should startWith(
        "guest.elf = guest/none.elf does not exist (scenarios/x.conf: 1)"
      )
      refusal("guest.elf = guest") should include("is a folder")
      refusal("guest.elf = guest/bad.elf") should include("guest/bad.elf is for machine 62, not MIPS")
      refusal("machine.byte-order = little") should include("is big endian")
      refusal("guest.run-on = \"0-9\"") should include("names CPUs that the board does not have")
      refusal("guest.run-on = some") should include("is not a list of CPUs")
    }
    "be a text that is no HOCON, told with its line" in {
      val line = refusal("seed = 42\nmachine { board = xls416\n")
      line should include("scenarios/x.conf")
      line should not include "\n"
      refusal("include \"other.conf\"") should include("a scenario is one file")
      refusal("seed = ${no.such.key}") should include("no.such.key")
      refusal("machine = 5") should include("machine = 5 is not a group of keys")
      refusal("script = 5") should include("script = 5 is not a list")
    }
  }

  "A script line of which a shell would complain" should {
    def complaint(line: String): String =
      read(script(line)).setup.script.get(0).command match {
        case fails: ShellCommand.Fails => fails.complaint
        case other => s"(no complaint: $other)"
      }
    def note(line: String): String = read(script(line)).notes.asScala.mkString("; ")

    "be read as one that fails, in the shell's words" in {
      complaint("rm -rf /") shouldBe "-bash: rm: command not found"
      complaint("cat /debug/tracing/trce") shouldBe "cat: /debug/tracing/trce: No such file or directory"
      complaint("echo 1 > /proc/nothing") shouldBe "-bash: /proc/nothing: No such file or directory"
      complaint("echo 1 > /sys/kernel/debug/tracing/nothing") shouldBe
        "-bash: /sys/kernel/debug/tracing/nothing: Permission denied"
      complaint("echo function_graph > /debug/tracing/current_tracer") shouldBe "-bash: echo: write error: Invalid argument"
      for (value <- Seq("ten", "1.5", "3 4", ""))
        complaint(s"echo $value > /proc/sys/kernel/watchdog_thresh") shouldBe "-bash: echo: write error: Invalid argument"
      complaint("insmod nothing.ko") shouldBe "insmod: ERROR: could not load module nothing.ko: No such file or directory"
      complaint("rmmod nothing") shouldBe "rmmod: ERROR: Module nothing is not currently loaded"
    }
    "be noted with its place and what would do" in {
      note("cat /debug/tracing/trce") should (include("script[0].run") and include("did you mean '/debug/tracing/trace'?"))
      note("echo function_graph > /debug/tracing/current_tracer") should include("there are: function, nop")
      note("rm -rf /") should include("the shell knows")
      note("echo t > /proc/sysrq-trigger") should include("there is l")
      note("echo l > /proc/sysrq-trigger") shouldBe ""
    }
  }

  "An override" should {
    "win over the file, and a later one over an earlier one" in {
      val set = overrides(set = Seq("kernel.variant=delayed-flush", "kernel.hz=100", "kernel.hz=200"))
      val kernel = read(hang, set).setup.kernel
      kernel.delayedFlush shouldBe true
      kernel.hz shouldBe 200
    }
    "take plain texts that HOCON would want in quotes" in {
      read("", overrides(set = Seq("kernel.variant=stop-machine+wait-ipi"))).setup.kernel.icacheFlush shouldBe
        IcacheFlush.WAIT_IPI
    }
    "be checked like the file and named as it was typed" in {
      refusal(hang, overrides(set = Seq("machine.bord=x"))) should startWith(
        "unknown key 'machine.bord' (--set machine.bord=x); did you mean 'board'?"
      )
      refusal(hang, overrides(set = Seq("limits.virtual-time=-1s"))) should include("(--set limits.virtual-time=-1s)")
      refusal(hang, overrides(set = Seq("nonsense"))) should include("'--set nonsense' is not key=value")
      refusal(hang, overrides(cpus = Some(0))) should include("machine.cpus = 0 is out of range (--cpus 0)")
      refusal(hang, overrides(cpus = Some(1000000000))) should include("--cpus 1000000000")
    }
    "replace the seed" in {
      read(hang, overrides(seed = Some(-7))).setup.seed shouldBe -7
    }
    "change the number of CPUs and keep the rest, with a note" in {
      val scenario = read(hang, overrides(cpus = Some(64)))
      scenario.setup.board.cpuCount shouldBe 64
      scenario.setup.board.directorySlices shouldBe read(hang).setup.board.directorySlices
      scenario.setup.guest.runOn.size shouldBe 64
      scenario.notes.asScala.mkString should include("xls416 with 64 CPUs")
    }
    "move script lines from CPUs that are gone to the last one, with a note" in {
      val scenario = read(hang, overrides(cpus = Some(1)))
      scenario.setup.script.get(0).cpu shouldBe 0
      scenario.notes.asScala.mkString should include("the script line on CPU 5 runs on CPU 0")
    }
    "cut the guest to the CPUs that are left, with a note" in {
      val scenario = read(hang.replace("run-on = all", "run-on = \"2-9\""), overrides(cpus = Some(4)))
      scenario.setup.guest.runOn.toString shouldBe "2-3"
      scenario.notes.asScala.mkString should include("cut to 2-3")
    }
  }

  "The effective scenario" should {
    "give the same setup when it is read again" in {
      val texts = Seq(
        hang -> Overrides.NONE,
        hang -> overrides(cpus = Some(64), set = Seq("kernel.hz=100", "limits.settle=1500ns")),
        "" -> overrides(cpus = Some(100000)),
        "expect { words-patched = 9119, traced-cpus = \"0-2\", torn-fetches = 0 }, machine.latency.memory = 17ns" ->
          Overrides.NONE
      )
      for ((text, over) <- texts) {
        val once = read(text, over)
        val twice = read(once.effective)
        twice.setup shouldBe once.setup
        twice.expect shouldBe once.expect
        twice.about shouldBe once.about
        twice.effective shouldBe once.effective
      }
    }
  }
}
