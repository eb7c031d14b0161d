package stillpoint.kernel.shell

import scala.jdk.CollectionConverters._

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.kernel.report.Verdict
import stillpoint.kernel.system.Machines._

/** More of what somebody sees who types at the guest's shell: Linux's formats, and a shell's complaints. */
@RunWith(classOf[JUnitRunner])
class ShellFilesSpec extends AnyWordSpec with Matchers {
  private val filter = "/debug/tracing/set_ftrace_filter"

  private def run(cpus: Int, script: Typed*): Run = simulate(Plan("upstream", cpus, script = Some(script)))
  private def console(run: Run): Seq[String] = run.report.console.asScala.toSeq
  private def after(run: Run, line: String): Seq[String] =
    console(run).dropWhile(!_.endsWith("# " + line)).tail.takeWhile(!_.matches("cpu\\d+# .*"))

  "/proc/cpuinfo" should {
    "show each CPU as Linux 6.1 does on MIPS, the machine first" in {
      val line = "cat /proc/cpuinfo"
      val shown = after(run(2, Typed("10us", 1, line)), line)
      def cpu(n: Int) = Seq(
        s"processor\t\t: $n",
        "cpu model\t\t: MIPS64R2 V0.0",
        "BogoMIPS\t\t: 1000.00",
        "wait instruction\t: yes",
        "microsecond timers\t: yes",
        "tlb_entries\t\t: 0",
        "extra interrupt vector\t: yes",
        "hardware watchpoint\t: no",
        "isa\t\t\t: mips1 mips2 mips3 mips4 mips5 mips32r1 mips32r2 mips64r1 mips64r2",
        "ASEs implemented\t:",
        "shadow register sets\t: 1",
        "kscratch registers\t: 0",
        "package\t\t\t: 0",
        s"core\t\t\t: $n",
        "VCED exceptions\t\t: not available",
        "VCEI exceptions\t\t: not available",
        "")
      shown shouldBe "system type\t\t: xls416" +: (cpu(0) ++ cpu(1))
    }
    "tell half the clock's loops of two instructions: BogoMIPS are the clock's MHz" in {
      val line = "cat /proc/cpuinfo"
      val slow = simulate(Plan("upstream", 1, machine = "clock-mhz = 300", script = Some(Seq(Typed("10us", 0, line)))))
      after(slow, line) should contain("BogoMIPS\t\t: 300.00")
    }
  }

  "A filter" should {
    lazy val functions = simulate(Plan("upstream", 1)).machine.shared.sites.sites.asScala.map(_.function).toSeq
    def traced(lines: String*): Set[String] = {
      val typed = lines.zipWithIndex.map { case (line, i) => Typed(s"${50 + 20 * i}us", 1, s"echo $line $filter") }
      val done = run(2, typed :+ Typed("300us", 0, EnableLine): _*)
      done.report.verdict shouldBe Verdict.HEALTHY
      val stored = done.cpus.flatMap(_.logs.stores.asScala).sortBy(_.cycle).map(store => store.physical -> store.newWord).toMap
      val sites = done.machine.shared.sites.sites.asScala
      sites.filter(site => stored.get(site.ipPhysical).contains(site.callWord)).map(_.function).toSet
    }
    lazy val prefix = functions.head.take(3)

    "take > as these and no others, >> as these too" in {
      val Seq(a, b, c) = functions.distinct.take(3)
      traced(s"$a >", s"$b $c >>") shouldBe Set(a, b, c)
      traced(s"$a >", s"$b >") shouldBe Set(b)
    }
    "know * at the end, in the middle, at the front, and ? for one letter" in {
      traced(s"$prefix* >") shouldBe functions.filter(_.startsWith(prefix)).toSet
      val long = functions.filter(_.length > 6).maxBy(_.length)
      traced(s"${long.take(2)}*${long.takeRight(2)} >") shouldBe
        functions.filter(f => f.length >= 4 && f.startsWith(long.take(2)) && f.endsWith(long.takeRight(2))).toSet
      traced(s"*${long.drop(3)} >") shouldBe functions.filter(_.endsWith(long.drop(3))).toSet
      traced(s"${long.updated(2, '?')} >") should contain(long)
    }
    "take functions out behind a !, and trace all when none is left" in {
      val Seq(a, b) = functions.distinct.take(2)
      traced(s"$a $b >", s"'!$a' >>") shouldBe Set(b)
      traced(s"'*' >", s"'!$prefix*' >>") shouldBe functions.filterNot(_.startsWith(prefix)).toSet
      traced(s"$a >", s"'!$a' >>") shouldBe functions.toSet
      // > empties it first: there is nothing to take out of
      traced(s"$a >", s"'!$b' >") shouldBe functions.toSet
    }
    "refuse to take out what does not exist" in {
      val line = s"echo '!nonsense' >> $filter"
      val refused = run(2, Typed("50us", 1, s"echo ${functions.head} > $filter"), Typed("90us", 1, line))
      after(refused, line) shouldBe Seq("-bash: echo: write error: Invalid argument")
    }
  }

  "dmesg" should {
    "show the kernel's log with its time stamps, up to now" in {
      val lines = Seq(Typed("10us", 0, "dmesg"), Typed("20us", 1, "echo l > /proc/sysrq-trigger"), Typed("150us", 0, "dmesg "))
      val shown = run(2, lines: _*)
      after(shown, "dmesg") shouldBe empty
      val log = after(shown, "dmesg ")
      all(log) should fullyMatch regex """\[    0\.0001?\d{1,5}\] .*"""
      log.head should endWith("] sysrq: Show backtrace of all active CPUs")
      log(1) should endWith("] Sending NMI from CPU 1 to CPUs 0:")
    }
  }

  "A line that the shell cannot do" should {
    lazy val complaining = run(2,
      Typed("10us", 1, "rm -rf /"),
      Typed("20us", 1, "cat /proc/nothing"),
      Typed("30us", 1, "echo hwlat > /debug/tracing/current_tracer"),
      Typed("40us", 1, "echo soon > /proc/sys/kernel/watchdog_thresh"),
      Typed("50us", 0, "insmod other.ko"),
      Typed("60us", 0, "cat /debug/tracing/current_tracer"))
    "be answered on the console as a shell does, and stop nobody" in {
      after(complaining, "rm -rf /") shouldBe Seq("-bash: rm: command not found")
      after(complaining, "cat /proc/nothing") shouldBe Seq("cat: /proc/nothing: No such file or directory")
      after(complaining, "echo hwlat > /debug/tracing/current_tracer") shouldBe Seq("-bash: echo: write error: Invalid argument")
      after(complaining, "echo soon > /proc/sys/kernel/watchdog_thresh") shouldBe Seq("-bash: echo: write error: Invalid argument")
      after(complaining, "insmod other.ko") shouldBe
        Seq("insmod: ERROR: could not load module other.ko: No such file or directory")
      after(complaining, "cat /debug/tracing/current_tracer") shouldBe Seq("nop")
    }
    "be a warning of the report" in {
      complaining.report.verdict shouldBe Verdict.WARNINGS
      val warnings = complaining.report.warnings.asScala
      warnings should have size 5
      warnings.head shouldBe "cpu1# rm -rf /: -bash: rm: command not found"
    }
    "not be one that the kernel answers by what it knows: SysRq's help" in {
      val line = "echo t > /proc/sysrq-trigger"
      val help = run(2, Typed("10us", 1, line))
      after(help, line).map(_.drop(15)) shouldBe Seq("sysrq: HELP : show-backtrace-all-active-cpus(l) ")
      help.report.verdict shouldBe Verdict.HEALTHY
    }
  }

  "SysRq l with irqs off on some CPUs" should {
    // CPUs 2 and 3 wait with irqs off, the first for ever; nobody else has anything to do
    def asked(until: String): Run = simulate(Plan("upstream", 5, runOn = "2", limits = s"virtual-time = $until, stop-at-proof = false",
      script = Some(Seq(
        Typed("100us", 2, "modprobe test_irqs_off wait=jiffies for=5ms"),
        Typed("100us", 3, "modprobe test_irqs_off wait=delay for=1ms"),
        Typed("200us", 0, "echo l > /proc/sysrq-trigger"),
        Typed("11s", 0, "echo l > /proc/sysrq-trigger")))))
    def answered(run: Run, from: String): Seq[Int] =
      console(run).filter(_.contains("NMI backtrace for cpu")).filter(_.startsWith(from)).map(_.split(' ').last.toInt).sorted

    "be answered by the others at once, by one of them later, by one never" in {
      val run = asked("11200ms")
      answered(run, "[    0.000") shouldBe Seq(0, 1, 4)
      answered(run, "[    0.001") shouldBe Seq(3)
      answered(run, "[   11.") shouldBe Seq(0, 1, 3, 4)
      console(run).exists(_.contains("Unable to send backtrace IPI to CPU2 - perhaps it hung?")) shouldBe true
    }
  }
}
