package stillpoint.kernel.watch

import scala.jdk.CollectionConverters._

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.kernel.report.{RunReport, Verdict}
import stillpoint.kernel.system.Machines._

/**
 * Goal: each detector of the guest's kernel speaks when Linux's does, in its words, and not a moment before. Method: whole
 * machines in the seed's hang and its relatives, left running after the proof.
 */
@RunWith(classOf[JUnitRunner])
class DetectorsSpec extends AnyWordSpec with Matchers {
  private val second = 1_000_000_000L
  private val irqsOn = "ftrace.patching-cpu-irqs-on = true"

  private def hang(kernel: String, time: String, cpus: Int = 16, machine: String = ""): RunReport =
    simulate(Plan(Hanging, cpus, kernel = kernel, machine = machine,
      limits = s"virtual-time = $time, stop-at-proof = false")).report

  private def lines(report: RunReport): Seq[RunReport.Lockup] = report.lockups.asScala.toSeq

  "In the seed's hang all detectors" should {
    "be silent for 100 s and more, on any number of CPUs" in {
      for (n <- Seq(2, 16, 64)) {
        val report = hang("", "100s", n)
        report.verdict shouldBe Verdict.DEADLOCK
        report.verdictAtNanos should be < 1_000_000L
        lines(report) shouldBe empty
        report.console.asScala should have size 3 // the line typed, and the one warning
      }
    }
  }

  "With irqs on at the patching CPU the soft lockup watchdog" should {
    "report CPU 0 again and again, at watchdog_thresh = 3 first after 7 or 8 s, then every 7 to 9 s" in {
      val report = hang(s"$irqsOn, detectors.watchdog-thresh = 3s", "60s")
      report.verdict shouldBe Verdict.DEADLOCK
      report.verdictAtNanos should be < 1_000_000L
      val texts = """watchdog: BUG: soft lockup - CPU#0 stuck for (\d+)s! \[migration/0:14\]""".r
      val seconds = lines(report).map { line =>
        line.detector shouldBe "soft-lockup"
        line.cpu shouldBe 0
        line.text match { case texts(n) => n.toLong }
      }
      seconds.size should be >= 6
      seconds.head should (be >= 7L and be <= 8L)
      seconds.zip(seconds.tail).foreach { case (a, b) => b - a should (be >= 7L and be <= 9L) }
      report.console.asScala.count(_.contains("soft lockup")) shouldBe seconds.size
    }
    "need more than 20 s by default" in {
      lines(hang(irqsOn, "23s")) shouldBe empty
      lines(hang(irqsOn, "25s")).map(_.text) shouldBe Seq("watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [migration/0:14]")
    }
    "say nothing when turned off" in {
      lines(hang(s"$irqsOn, detectors.watchdog-thresh = 0s", "100s")) shouldBe empty
    }
    "hold its tongue about everybody else, whose irqs are off" in {
      lines(hang(irqsOn, "110s")).map(line => (line.detector, line.cpu)).distinct shouldBe Seq(("soft-lockup", 0))
    }
  }

  "CSD lock debugging" should {
    val debug = "detectors.csd-lock-debug = on"

    "print Linux's lines after 5 s, with irqs off everywhere, and send the IPI again in vain" in {
      val report = hang(debug, "6s")
      val Seq(line) = lines(report)
      line.detector shouldBe "csd-lock"
      line.cpu shouldBe 0
      val text =
        """smp: csd: Detected non-responsive CSD lock \(#1\) on CPU#0, waiting (\d+) ns for CPU#01 local_r4k_flush_icache_range_ipi\+0x0/0x18\(0x[0-9a-f]+\)\.""".r
      line.text match { case text(ns) => ns.toLong should (be > 5 * second and be < 5 * second + 1_000_000) }
      val said = report.console.asScala.toSeq.takeRight(2)
      said.head should endWith("] smp: \tcsd: CSD lock (#1) unresponsive.")
      said.last should endWith("] smp: csd: Re-sending CSD lock (#1) IPI from CPU#00 to CPU#01")
    }
    "be silent just before" in {
      val begin = hang(debug, "1s").cycle.get(0).sinceNanos
      lines(hang(debug, s"${begin + 5 * second - 1000}ns")) shouldBe empty
      lines(hang(debug, s"${begin + 5 * second + 1000}ns")) should have size 1
    }
    "complain again of the same lock after each further timeout, under the same number" in {
      val texts = lines(hang(s"$debug, detectors.csd-lock-timeout = 1s", "5500ms")).map(_.text)
      texts should have size 5
      texts.head should startWith("smp: csd: Detected non-responsive CSD lock (#1)")
      all(texts.tail) should startWith("smp: csd: Continued non-responsive CSD lock (#1)")
    }
    "be silent unless asked for" in {
      lines(hang("", "100s")) shouldBe empty
    }
    "change nothing in a healthy run" in {
      for (variant <- Healthy) {
        val report = simulate(Plan(variant, 8, kernel = debug)).report
        report.verdict shouldBe Verdict.HEALTHY
        lines(report) shouldBe empty
      }
    }
  }

  "The hard lockup watchdog" should {
    "report every CPU once, irqs off or not, on a board with NMIs" in {
      val report = hang("", "200s", 4, "nmi-watchdog = true")
      lines(report).map(_.text).toSet shouldBe (0 to 3).map(cpu => s"NMI watchdog: Watchdog detected hard LOCKUP on cpu $cpu").toSet
      lines(report) should have size 4
      all(lines(report).map(_.detector)) shouldBe "hard-lockup"
      // a lockup is one that lasts from one NMI to the next; what the console touches is spared once
      all(lines(report).map(_.atNanos)) should (be >= 10 * second and be <= 30 * second)
    }
    "be silent before a whole period between two NMIs has gone by" in {
      lines(hang("", "19s", 4, "nmi-watchdog = true")) shouldBe empty
    }
    "need the kernel's switch as well as the board's" in {
      lines(hang("detectors.hard-lockup = off", "100s", 4, "nmi-watchdog = true")) shouldBe empty
      lines(hang("detectors.hard-lockup = on", "100s", 4)) shouldBe empty
    }
    "not report a CPU that takes its ticks, however long it is stuck" in {
      lines(hang(irqsOn, "60s", 4, "nmi-watchdog = true")).filter(_.detector == "hard-lockup").map(_.cpu).toSet shouldBe Set(1, 2, 3)
    }
    "find nothing in healthy runs" in {
      for (variant <- Healthy) {
        val report = simulate(Plan(variant, 8, machine = "nmi-watchdog = true", kernel = "hz = 10000, detectors.watchdog-thresh = 500us",
          script = Some(Seq(Typed("100us", 5, EnableLine), Typed("2ms", 2, DisableLine))))).report
        report.verdict shouldBe Verdict.HEALTHY
        lines(report) shouldBe empty
      }
    }
  }

  "A grace period" should {
    "end on a machine whose CPUs idle, run guests, or both, and leave no trace" in {
      for (n <- Seq(1, 2, 16); preempt <- Seq("full", "voluntary", "none")) {
        val plan = Plan("upstream", n, preempt = preempt, kernel = "hz = 10000", script = Some(Seq(Typed("100us", n / 2, "rmmod dummy"))))
        val run = simulate(plan)
        withClue(s"$n CPUs, preempt $preempt: ") {
          run.report.verdict shouldBe Verdict.HEALTHY
          lines(run.report) shouldBe empty
          all(run.cpus.map(_.shellBusy)) shouldBe false
        }
      }
    }
    "end when two ask for one at once" in {
      val plan = Plan("upstream", 4, kernel = "hz = 10000", script = Some((0 to 3).map(cpu => Typed("100us", cpu, "rmmod dummy"))))
      val run = simulate(plan)
      run.report.verdict shouldBe Verdict.HEALTHY
      all(run.cpus.map(_.shellBusy)) shouldBe false
    }
  }

  "A healthy machine" should {
    "wake no detector with limits thousands of times shorter than Linux's" in {
      val short = "hz = 10000, detectors { watchdog-thresh = 500us, rcu-stall-timeout = 500us, hung-task-timeout = 500us, csd-lock-debug = on, csd-lock-timeout = 100us }"
      for (variant <- Healthy; preempt <- Seq("full", "none")) {
        val script = Seq(Typed("100us", 5, EnableLine), Typed("1ms", 1, "rmmod dummy"), Typed("2ms", 2, DisableLine))
        val report = simulate(Plan(variant, 8, preempt = preempt, kernel = short, script = Some(script),
          limits = "virtual-time = 1s")).report
        withClue(s"$variant, $preempt: ") {
          lines(report) shouldBe empty
          report.verdict shouldBe Verdict.HEALTHY
        }
      }
    }
    "end at once when its work is done, whatever timers the detectors have" in {
      val run = simulate(Plan("delayed-flush", 16, limits = "virtual-time = 1000s"))
      run.outcome.quiescent shouldBe true
      run.report.verdictAtNanos should be < 5_000_000L
    }
  }
}
