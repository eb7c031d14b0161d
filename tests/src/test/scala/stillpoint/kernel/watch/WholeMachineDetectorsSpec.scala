package stillpoint.kernel.watch

import scala.jdk.CollectionConverters._

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.kernel.irq.IpiKind
import stillpoint.kernel.report.{RunReport, Verdict}
import stillpoint.kernel.system.Machines._
import stillpoint.kernel.system.TamperedMachine
import stillpoint.machine.interrupt.InterruptProtocol.VectorRaised

/**
 * Goal: detectors whose cause takes seconds or minutes, in whole machines at Linux's own times, and scaled. Method: slow clocks,
 * or machines whose only guest is held with irqs off, so that there is nothing to simulate but what is asked.
 */
@RunWith(classOf[JUnitRunner])
class WholeMachineDetectorsSpec extends AnyWordSpec with Matchers {
  private val second = 1_000_000_000L

  private def lines(report: RunReport, detector: String): Seq[RunReport.Lockup] =
    report.lockups.asScala.toSeq.filter(_.detector == detector)

  "A soft lockup" should {
    /** Seconds that a CPU says it is stuck for, if its writer typed at {@code at} after boot. */
    def stuck(at: String, thresh: String = "3s"): Seq[(Long, Long)] = {
      val report = simulate(Plan(Hanging, 2, kernel = s"ftrace.patching-cpu-irqs-on = true, detectors.watchdog-thresh = $thresh",
        machine = "clock-mhz = 1", runOn = "1", script = Some(Seq(Typed(at, 1, EnableLine))),
        limits = "virtual-time = 62s, stop-at-proof = false")).report
      report.verdict shouldBe Verdict.DEADLOCK
      val text = """watchdog: BUG: soft lockup - CPU#0 stuck for (\d+)s! \[migration/0:14\]""".r
      lines(report, "soft-lockup").map(line => line.text match { case text(n) => (line.atNanos, n.toLong) })
    }
    "be reported after 8, 16, 25, 34 and 42 s with watchdog_thresh = 3, as measured, in a machine up for so long" in {
      stuck(MeasuredAt).map(_._2).take(5) shouldBe Seq(8, 16, 25, 34, 42)
    }
    "be reported a second sooner or later in one up for another time, as the samples fall in the watchdog's seconds" in {
      stuck("100ms").map(_._2).take(5) shouldBe Seq(7, 15, 23, 31, 39)
    }
    "be the same on a machine that is a thousand times faster, watchdog_thresh included" in {
      val slow = stuck("100ms").map(_._1).takeWhile(_ < 50 * second)
      val fast = simulate(Plan(Hanging, 2, kernel = "hz = 10000, ftrace.patching-cpu-irqs-on = true, detectors.watchdog-thresh = 3ms",
        runOn = "1", script = Some(Seq(Typed("100us", 1, EnableLine))), limits = "virtual-time = 50ms, stop-at-proof = false")).report
      val found = lines(fast, "soft-lockup").map(_.atNanos)
      found should have size slow.size
      // ticks are coarser there: 100 us of 1.2 ms, as against 4 ms of 1.2 s
      found.zip(slow).foreach { case (f, s) => (f - s / 1000).abs should be <= 110_000L }
    }
  }

  "A hung task" should {
    // CPU 0's shell is never told of the end of stop_machine: it sleeps for ever on a machine that is otherwise well.
    // The one guest is then held with irqs off, which costs no events.
    def sleeper(detectors: String, time: String): RunReport = TamperedMachine.simulate(
      Plan("delayed-flush", 4, kernel = detectors, runOn = "3", limits = s"virtual-time = $time, stop-at-proof = false",
        script = Some(Seq(Typed("100us", 0, EnableLine), Typed("1ms", 3, "modprobe test_irqs_off wait=jiffies for=5ms")))),
      TamperedMachine.nth(1, None) { case (0, raised: VectorRaised) => raised.vector == IpiKind.RESCHED.vector }).report

    "be reported once it has been found asleep for 120 s, and again every 120 s, ten times in all" in {
      val report = sleeper("", "1600s")
      report.verdict shouldBe Verdict.LOST_MESSAGE
      val hung = lines(report, "hung-task")
      hung.map(_.text) shouldBe (1 to 10).map(n => s"INFO: task init:1 blocked for more than ${120 * n} seconds.")
      all(hung.map(_.cpu)) shouldBe 0
      // found asleep at 120 s first
      hung.map(_.atNanos / second) shouldBe (2 to 11).map(120L * _)
      report.console.asScala.count(_.endsWith("\"echo 0 > /proc/sys/kernel/hung_task_timeout_secs\" disables this message.")) shouldBe 10
    }
    "not be reported sooner" in {
      lines(sleeper("", "239s"), "hung-task") shouldBe empty
    }
    "be reported as much sooner as the timeout is shorter" in {
      val hung = lines(sleeper("detectors.hung-task-timeout = 3s", "10s"), "hung-task")
      hung.map(_.text) shouldBe Seq(3, 6).map(n => s"INFO: task init:1 blocked for more than $n seconds.")
    }
    "not be looked for when that is turned off" in {
      lines(sleeper("detectors.hung-task-timeout = 0s", "1600s"), "hung-task") shouldBe empty
    }
    "not be one that sleeps for less" in {
      // the shell of CPU 0 sleeps 6 ms, until CPU 1 has passed a quiescent state
      val report = simulate(Plan("upstream", 2, kernel = "hz = 10000, detectors { hung-task-timeout = 7ms, rcu-stall-timeout = 0s }", runOn = "1",
        script = Some(Seq(Typed("100us", 1, "modprobe test_irqs_off wait=delay for=6ms"), Typed("200us", 0, "rmmod dummy"))))).report
      report.verdict shouldBe Verdict.HEALTHY
      report.verdictAtNanos should be >= 6_000_000L
      lines(report, "hung-task") shouldBe empty
    }
  }

  "A CPU that holds up a grace period with irqs off" should {
    def held(millis: Int, gracePeriod: Boolean = true): RunReport = {
      val asks = if (gracePeriod) Seq(Typed("200us", 0, "rmmod dummy")) else Nil
      simulate(Plan("upstream", 4, kernel = "hz = 10000, detectors.rcu-stall-timeout = 3ms", runOn = "0", limits = "virtual-time = 1s",
        script = Some(Typed("100us", 3, s"modprobe test_irqs_off wait=delay for=${millis}ms") +: asks))).report
    }
    "be told of by another CPU, since it takes no ticks, and again after three further timeouts" in {
      val report = held(16)
      val stalls = lines(report, "rcu-stall")
      stalls.map(_.text).distinct shouldBe Seq("rcu: INFO: rcu_sched detected stalls on CPUs/tasks:")
      all(stalls.map(_.cpu)) should not be 3
      stalls should have size 2
      stalls.head.atNanos should (be >= 3_200_000L and be <= 3_800_000L)
      stalls(1).atNanos - stalls.head.atNanos should (be >= 9_000_000L and be <= 9_700_000L)
      report.verdict shouldBe Verdict.LOCKUP
    }
    "be no stall if it is shorter than the timeout" in {
      held(2).verdict shouldBe Verdict.HEALTHY
    }
    "be no stall if no grace period is in progress, however long" in {
      held(16, gracePeriod = false).verdict shouldBe Verdict.HEALTHY
    }
  }

  "CSD lock debugging" should {
    val debug = "detectors { csd-lock-debug = on, csd-lock-timeout = 1ms }"
    "mend a lost IPI by sending it again, and say so" in {
      val run = TamperedMachine.simulate(
        Plan("upstream", 4, kernel = s"icache-flush = wait-ipi, $debug", limits = "virtual-time = 100ms, stop-at-proof = false"),
        TamperedMachine.nth(1, None) { case (2, raised: VectorRaised) => raised.vector == IpiKind.CALL_FUNCTION.vector })
      val said = run.report.console.asScala.filter(_.contains("smp:")).map(_.replaceFirst("^\\[.{12}\\] ", ""))
      said should have size 4
      said.head should startWith("smp: csd: Detected non-responsive CSD lock (#1) on CPU#1, waiting ")
      said.tail shouldBe Seq(
        "smp: \tcsd: CSD lock (#1) unresponsive.",
        "smp: csd: Re-sending CSD lock (#1) IPI from CPU#01 to CPU#02",
        "smp: csd: CSD lock (#1) got unstuck on CPU#01, CPU#02 released the lock.")
      all(run.cpus.map(_.shellBusy)) shouldBe false
    }
    "not mend a hang whose CPUs cannot take it" in {
      val report = simulate(Plan(Hanging, 4, kernel = debug, limits = "virtual-time = 6ms, stop-at-proof = false")).report
      report.verdict shouldBe Verdict.DEADLOCK
      lines(report, "csd-lock") should have size 5
      report.console.asScala.count(_.contains("Re-sending CSD lock (#1) IPI from CPU#00 to CPU#01")) shouldBe 5
      report.console.asScala.count(_.contains("unstuck")) shouldBe 0
    }
  }

  private val MeasuredAt = "3s"
}
