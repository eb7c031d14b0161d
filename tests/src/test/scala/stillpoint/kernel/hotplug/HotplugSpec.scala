package stillpoint.kernel.hotplug

import scala.jdk.CollectionConverters._

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.actors.{RunOptions, Simulation}
import stillpoint.kernel.protocols.Shipped
import stillpoint.kernel.report.Verdict
import stillpoint.kernel.system.{EmulatedMachine, MachineJudge}
import stillpoint.kernel.system.Machines._

/**
 * Goal: CPUs that go offline and come back, as Linux does it; nobody waits for one that is away. Method: whole machines,
 * typed at as a person would; what the console shows, who patched, who was interrupted and what each CPU executed.
 */
@RunWith(classOf[JUnitRunner])
class HotplugSpec extends AnyWordSpec with Matchers {
  private val folder = "/sys/devices/system/cpu"
  private def down(cpu: Int): String = s"echo 0 > $folder/cpu$cpu/online"
  private def up(cpu: Int): String = s"echo 1 > $folder/cpu$cpu/online"
  private val cpu0Too = "cpu0-hotpluggable = on"

  private def console(run: Run): Seq[String] = run.report.console.asScala.toSeq

  /** What stands between a typed line and the next. */
  private def after(run: Run, line: String): Seq[String] = {
    val from = console(run).indexWhere(_.endsWith("# " + line))
    withClue(console(run).mkString("\n"))(from should be >= 0)
    console(run).drop(from + 1).takeWhile(!_.matches("cpu\\d+# .*"))
  }

  private def isHealthy(run: Run): Unit =
    withClue(s"${run.report.cycle} ${run.report.warnings} ${run.report.guest.failures} ${run.report.lockups}\n${console(run).mkString("\n")}\n") {
      run.report.verdict shouldBe Verdict.HEALTHY
    }

  /** Who runs guest code, which costs the time of a run: on a large machine a few, the first and the last among them. */
  private def guests(n: Int): String = if (n <= 2) "all" else s"\"0-1,${n - 1}\""

  for (n <- Seq(2, 16, 64)) {
    s"On $n CPUs" should {
      lazy val away = (1 until n).map(cpu => Typed(s"${20 + 40 * cpu}us", 0, down(cpu)))
      lazy val off = 60 + 40 * n
      lazy val back = (1 until n).map(cpu => Typed(s"${off + 30 + 40 * cpu}us", 0, up(cpu)))
      lazy val end = off + 60 + 40 * n
      lazy val all = simulate(Plan("upstream", n, kernel = cpu0Too, runOn = guests(n), script = Some(
        away ++ Seq(Typed(s"${off}us", 0, s"cat $folder/online"), Typed(s"${off + 10}us", 0, down(0))) ++ back ++
          Seq(Typed(s"${end}us", n - 1, s"cat $folder/offline")))))

      "all but one CPU go offline and come back, one after the other" in {
        isHealthy(all)
        after(all, s"cat $folder/online") should contain("0")
        after(all, s"cat $folder/offline") should contain("")
        for (cpu <- 1 until n) {
          console(all).filter(_.endsWith(s" SMP: CPU$cpu is offline")) should have size 1
          console(all).filter(_.endsWith(s" SMP: CPU$cpu is running")) should have size 1
        }
      }
      "the last one is busy and stays" in {
        after(all, down(0)) should contain("-bash: echo: write error: Device or resource busy")
      }
      "every guest thread goes on where it was, and all is given back" in {
        for (cpu <- all.cpus if Set(0, 1, n - 1)(cpu.cpu)) withClue(s"$cpu: ") {
          cpu.counters.guestPasses should be > 0L
          (cpu.irqsOn, cpu.preemptCount, cpu.guestRuns, cpu.activity.offline) shouldBe ((true, 0, false, false))
        }
      }
      "a CPU that is offline neither runs nor takes anything" in {
        val gone = Plan("upstream+wait-ipi", n, runOn = guests(n), script = Some(Seq(
          Typed("50us", 0, down(1)), Typed("150us", 0, EnableLine))))
        val run = simulate(gone)
        isHealthy(run)
        val words = run.report.counters.wordsPatched
        words should be > 50L
        run.sent("call-function") shouldBe words * (n - 2)
        run.taken("call-function") shouldBe words * (n - 2)
        run.cpus(1).activity.offline shouldBe true
        run.cpus(1).stack.asScala shouldBe Seq("play_dead")
        run.cpus(1).pendingInterrupts.asScala shouldBe empty
        // what is executed at call sites is logged from the first line on that may change them
        run.executions(0) should not be empty
        run.executions(1) shouldBe empty
      }
    }
  }

  "The tracer" should {
    "be switched on by the lowest CPU that is online, in its stopper, whoever typed it" in {
      for (offline <- Seq(Seq(0), Seq(0, 1, 2), Seq(1, 3))) {
        val gone = offline.zipWithIndex.map { case (cpu, i) => Typed(s"${50 + 30 * i}us", 7, down(cpu)) }
        val run = simulate(Plan("delayed-flush", 8, kernel = cpu0Too, script = Some(gone :+ Typed("200us", 7, EnableLine))))
        isHealthy(run)
        val lowest = (0 until 8).filterNot(offline.contains(_)).min
        run.cpus.filterNot(_.logs.stores.isEmpty).map(_.cpu) shouldBe Seq(lowest)
        run.report.guest.tracedCpus.asScala.map(_.toInt) shouldBe (0 until 8).filterNot(offline.contains(_))
      }
    }
    "hang with CPU 0 offline on the lowest one left" in {
      val run = Shipped.run("ftrace-hang-hotplug")
      run.report.verdict shouldBe Verdict.DEADLOCK
      run.report.cpus.get(2).task shouldBe "migration/2"
      val edge = run.report.cycle.asScala.find(_.cpu == 2).get
      edge.waitsFor.asScala.map(_.toInt) shouldBe (3 until 16)
      run.sent("call-function") shouldBe 13
    }
    "be seen by a CPU that was offline meanwhile, whose icache held the old words" in {
      for (variant <- Seq("upstream+wait-ipi", "delayed-flush", "mailbox-nowait", "upstream")) withClue(s"$variant: ") {
        val run = simulate(Plan(variant, 8, script = Some(Seq(
          Typed("10us", 2, DisableLine), Typed("80us", 2, down(3)), Typed("150us", 2, EnableLine), Typed("400us", 2, up(3))))))
        isHealthy(run)
        val wakes = run.cpus(3).logs.hotplug.asScala.last.cycle
        val stored = run.cpus.flatMap(_.logs.stores.asScala).map(store => store.physical -> store.newWord).toMap
        val (before, since) = run.executions(3).filter(e => stored.contains(e.physical)).partition(_.cycle < wakes)
        before.map(_.physical).toSet.intersect(since.map(_.physical).toSet) should not be empty
        before.exists(e => e.word != stored(e.physical)) shouldBe true
        since.filter(e => e.word != stored(e.physical)) shouldBe empty
        run.report.guest.tracedCpus should contain(3)
        run.report.counters.lateStaleFetches shouldBe 0
      }
    }
  }

  "Hotplug from one shell" should {
    for (variant <- Seq("upstream+wait-ipi", "delayed-flush", "mailbox-nowait")) {
      s"race with the tracer and stop_machine from others under $variant, and nobody hangs" in {
        for (gap <- 0 to 20 by 4) {
          val run = simulate(Plan(variant, 8, kernel = cpu0Too, script = Some(Seq(
            Typed("100us", 1, down(3)), Typed(s"${100 + gap}us", 2, EnableLine),
            Typed(s"${104 + gap}us", 4, "insmod stop_machine_test.ko"), Typed(s"${102 + gap}us", 5, down(0)),
            Typed(s"${110 + gap}us", 6, "rmmod dummy"), Typed(s"${120 + gap}us", 1, up(3)),
            Typed(s"${125 + gap}us", 2, "echo 20 > /proc/sys/kernel/watchdog_thresh"),
            Typed(s"${130 + gap}us", 5, up(0)), Typed(s"${135 + gap}us", 7, DisableLine)))))
          withClue(s"gap $gap us: ") {
            isHealthy(run)
            run.report.counters.lateStaleFetches shouldBe 0
            run.cpus.exists(cpu => cpu.shellBusy || cpu.activity.offline) shouldBe false
          }
        }
      }
    }
    "take turns with hotplug from others, of the same CPU too" in {
      val lines = for (i <- 0 until 8; (shell, line) <- Seq(1 -> down(6), 2 -> down(6), 3 -> up(6), 4 -> down(7), 5 -> up(7)))
        yield Typed(s"${50 + 7 * i + shell}us", shell, line)
      val run = simulate(Plan("upstream", 8, script = Some(lines ++ Seq(
        Typed("900us", 1, up(6)), Typed("900us", 2, up(7))))))
      isHealthy(run)
      run.cpus.exists(_.activity.offline) shouldBe false
    }
    "give one digest on one thread, on two and in the plain engine" in {
      val setup = Plan("mailbox-nowait", 8, kernel = cpu0Too, script = Some(Seq(
        Typed("100us", 1, down(3)), Typed("103us", 2, EnableLine), Typed("105us", 5, down(0)),
        Typed("130us", 1, up(3)), Typed("131us", 4, up(0))))).setup
      val digest = simulate(setup).outcome.digest
      for (threads <- Seq(1, 2)) withClue(s"$threads threads: ") {
        Simulation.run(new EmulatedMachine(setup), new MachineJudge(setup), RunOptions.onThreads(threads)).digest shouldBe digest
      }
    }
  }

  "A CPU that is offline" should {
    lazy val watched = simulate(Plan("upstream", 8, runOn = "\"1,3\"", limits = "virtual-time = 100ms",
      kernel = "detectors { watchdog-thresh = 100us, rcu-stall-timeout = 300us, hung-task-timeout = 1ms }\n" + "hz = 10000",
      script = Some(Seq(Typed("50us", 0, down(3)), Typed("200us", 1, "rmmod dummy"),
        Typed("600us", 2, "echo l > /proc/sysrq-trigger"), Typed("2ms", 1, "rmmod dummy"),
        Typed("4ms", 2, s"cat /proc/cpuinfo"), Typed("4100us", 0, "cat /proc/interrupts"),
        Typed("5ms", 0, up(3)), Typed("6ms", 0, "rmmod dummy")))))

    "be no lockup, and hold no grace period up" in {
      isHealthy(watched)
      watched.report.lockups shouldBe empty
    }
    "not be asked for its stack" in {
      for (cpu <- 0 until 8)
        console(watched).count(_.endsWith(s"NMI backtrace for cpu $cpu")) shouldBe (if (cpu == 3) 0 else 1)
    }
    "be left out of cpuinfo and interrupts" in {
      after(watched, "cat /proc/cpuinfo").filter(_.startsWith("processor")).map(_.split(": ")(1)) shouldBe Seq("0", "1", "2", "4", "5", "6", "7")
      after(watched, "cat /proc/interrupts").head.trim.split("\\s+") shouldBe Seq(0, 1, 2, 4, 5, 6, 7).map("CPU" + _)
    }
    "not be rounded up by kgdb, shot down or stopped with another" in {
      val run = simulate(Plan("upstream", 8, script = Some(Seq(Typed("50us", 0, down(3)),
        Typed("150us", 1, "modprobe test_kgdb roundup=for-ever"), Typed("300us", 1, "modprobe test_tlb_shootdown target=3"),
        Typed("350us", 1, "modprobe test_stop_two_cpus cpus=2,3"), Typed("400us", 1, "modprobe test_rcu_expedited")))))
      run.report.warnings.asScala shouldBe Seq(
        "cpu1# modprobe test_stop_two_cpus cpus=2,3: modprobe: ERROR: could not insert 'test_stop_two_cpus': " +
          "Unknown symbol in module, or unknown parameter (see dmesg)")
      run.report.verdict shouldBe Verdict.WARNINGS
      run.cpus(3).stack.asScala shouldBe Seq("play_dead")
    }
    "have no shell: a line for it is not lost in silence" in {
      val run = simulate(Plan("upstream", 4, script = Some(Seq(Typed("50us", 0, down(3)), Typed("150us", 3, "dmesg")))))
      run.report.verdict shouldBe Verdict.WARNINGS
      run.report.warnings.asScala shouldBe Seq("the script line 'dmesg' was not run: CPU 3 is offline at 150000 ns")
      after(run, "dmesg") shouldBe Seq("taskset: failed to set pid 1's affinity: Invalid argument")
    }
  }

  "A write to online" should {
    "change nothing if the CPU is so already" in {
      val run = simulate(Plan("upstream", 4, script = Some(Seq(
        Typed("50us", 0, down(3)), Typed("100us", 1, down(3)), Typed("150us", 0, s"cat $folder/cpu3/online"),
        Typed("200us", 0, up(2)), Typed("220us", 0, s"cat $folder/online")))))
      isHealthy(run)
      after(run, s"cat $folder/cpu3/online") shouldBe Seq("0")
      after(run, up(2)) shouldBe empty
      after(run, s"cat $folder/online") shouldBe Seq("0-2")
    }
    "be refused in Linux's words" in {
      val bad = Seq("echo 2 > FILE/cpu1/online" -> "-bash: echo: write error: Invalid argument",
        "echo x > FILE/cpu1/online" -> "-bash: echo: write error: Invalid argument",
        "echo > FILE/cpu1/online" -> "-bash: echo: write error: Invalid argument",
        "echo 0 > FILE/cpu0/online" -> "-bash: FILE/cpu0/online: Permission denied",
        "echo 1 > FILE/cpu4/online" -> "-bash: FILE/cpu4/online: No such file or directory",
        "cat FILE/cpu0/online" -> "cat: FILE/cpu0/online: No such file or directory").map { case (line, text) =>
        line.replace("FILE", folder) -> text.replace("FILE", folder) }
      val run = simulate(Plan("upstream", 4, script = Some(bad.zipWithIndex.map { case ((line, _), i) => Typed(s"${50 + 20 * i}us", 2, line) })))
      for ((line, text) <- bad) after(run, line) shouldBe Seq(text)
      run.cpus.exists(_.activity.offline) shouldBe false
    }
    "be busy while the CPU's own shell is in the middle of a line" in {
      val run = simulate(Plan("upstream+wait-ipi", 4, script = Some(Seq(
        Typed("50us", 3, EnableLine), Typed("60us", 1, down(3)), Typed("400us", 1, down(3)), Typed("500us", 1, s"cat $folder/online")))))
      isHealthy(run)
      console(run).count(_ == "-bash: echo: write error: Device or resource busy") shouldBe 1
      after(run, s"cat $folder/online") shouldBe Seq("0-2")
    }
    "be refused by the reader if it takes offline the CPU on which it is typed" in {
      Shipped.refusal(s"""machine { board = xls416 }\nscript = [ { at = 1us, on = 3, run = "${down(3)}" } ]""") should
        include("takes CPU 3 offline, on which it is typed: tasks never move here (spec.conf: 2); type it on another CPU")
    }
  }

  "The scenario ftrace-hotplug" should {
    "send its IPIs to those that are online, and have all traced in the end" in {
      val run = Shipped.run("ftrace-hotplug")
      isHealthy(run)
      run.report.counters.wordsPatched shouldBe 63
      run.sent("call-function") shouldBe 63 * 12
      run.taken("call-function") shouldBe 63 * 12
      after(run, s"cat $folder/online") shouldBe Seq("1-2,4-14")
    }
  }
}
