package stillpoint.kernel.system

import scala.jdk.CollectionConverters._

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.kernel.irq.IpiKind
import stillpoint.kernel.report.Verdict
import stillpoint.kernel.system.Machines._
import stillpoint.kernel.system.TamperedMachine.{nth, simulate}
import stillpoint.machine.coherence.CoherenceProtocol
import stillpoint.machine.interrupt.InterruptProtocol._

/**
 * Goal: a message that is lost is told from one that is late, and named. Method: machines in which one message of a kind is
 * taken away, or comes a hundred and a thousand times later than it should.
 */
@RunWith(classOf[JUnitRunner])
class LostMessageSpec extends AnyWordSpec with Matchers {
  private val waiting = Plan("upstream", 4, kernel = "icache-flush = wait-ipi", limits = "virtual-time = 10s")
  private val stopping = Plan("delayed-flush", 4, limits = "virtual-time = 10s")

  private def vectorTo(cpu: Int, kind: IpiKind): PartialFunction[(Int, stillpoint.machine.time.Message), Boolean] = {
    case (`cpu`, raised: VectorRaised) => raised.vector == kind.vector
  }

  private def soon(run: Run): Unit = {
    val since = run.report.cycle.get(0).sinceNanos
    run.report.verdictAtNanos should (be >= since and be <= since + 1_000_000)
  }

  "A lost call-function IPI" should {
    for (n <- Seq(1, 7); preempt <- Seq("full", "none")) {
      s"be named with both CPUs, soon, when it is number $n and preempt = $preempt" in {
        val run = simulate(waiting.copy(preempt = preempt), nth(n, None)(vectorTo(2, IpiKind.CALL_FUNCTION)))
        run.report.verdict shouldBe Verdict.LOST_MESSAGE
        val edge = run.report.cycle.get(0)
        edge.cpu shouldBe 1
        edge.waitsFor.asScala.map(_.toInt) shouldBe Seq(2)
        edge.what shouldBe "csd"
        edge.because shouldBe "the call-function IPI of CPU 1 to CPU 2 is lost: irqs are on there and nothing is pending"
        soon(run)
      }
    }
    "be found on a machine with mailboxes too" in {
      val run = simulate(waiting.copy(board = Some("octeon-cn58")), nth(3, None) { case (2, _: MailboxRaised) => true })
      run.report.verdict shouldBe Verdict.LOST_MESSAGE
      run.report.cycle.get(0).waitsFor.asScala.map(_.toInt) shouldBe Seq(2)
      soon(run)
    }
    "bring a soft lockup and a stalled grace period besides, if the run goes on" in {
      val plan = waiting.copy(
        script = Some(Seq(Typed("100us", 1, EnableLine), Typed("2ms", 3, "rmmod dummy"))),
        kernel = waiting.kernel + ", hz = 10000, detectors { watchdog-thresh = 1ms, rcu-stall-timeout = 3ms }",
        limits = "virtual-time = 7ms, stop-at-proof = false")
      val run = simulate(plan, nth(1, None)(vectorTo(2, IpiKind.CALL_FUNCTION)))
      run.report.verdict shouldBe Verdict.LOST_MESSAGE
      run.report.verdictAtNanos should be < 2_000_000L
      val lines = run.report.lockups.asScala.toSeq
      lines.map(_.detector).toSet shouldBe Set("soft-lockup", "rcu-stall")
      lines.filter(_.detector == "soft-lockup").map(_.cpu).distinct shouldBe Seq(1)
      all(lines.filter(_.detector == "soft-lockup").map(_.text)) should fullyMatch regex
        """watchdog: BUG: soft lockup - CPU#1 stuck for \d+s! \[init:1\]"""
      val stall = lines.find(_.detector == "rcu-stall").get
      stall.cpu shouldBe 1
      stall.text shouldBe "rcu: INFO: rcu_sched self-detected stall on CPU"
      stall.atNanos should (be >= 5_000_000L and be <= 5_300_000L)
    }
  }

  "A lost reschedule IPI" should {
    "be named when a stopper never hears of its work" in {
      for (n <- Seq(2, 16)) {
        val run = simulate(stopping.copy(cpus = n, script = Some(Seq(Typed("100us", 0, EnableLine)))),
          nth(1, None)(vectorTo(1, IpiKind.RESCHED)))
        run.report.verdict shouldBe Verdict.LOST_MESSAGE
        run.report.cycle.get(0).waitsFor.asScala.map(_.toInt) shouldBe Seq(1)
        run.report.cycle.get(0).because should startWith("the resched IPI of CPU 0 to CPU 1 is lost")
        soon(run)
      }
    }
    "be named when the caller of stop_machine is never told of the end" in {
      // CPU 0 hears of its own stopper by its own hand; the first IPI to it is the one that wakes its shell
      val onFirst = stopping.copy(script = Some(Seq(Typed("100us", 0, EnableLine))))
      val run = simulate(onFirst, nth(1, None)(vectorTo(0, IpiKind.RESCHED)))
      run.report.verdict shouldBe Verdict.LOST_MESSAGE
      val edge = run.report.cycle.get(0)
      edge.in shouldBe "stop_machine"
      edge.what shouldBe "completion of stop_machine"
      edge.because should startWith("the resched IPI to CPU 0 is lost")
    }
  }

  "A lost answer" should {
    "of the interrupt controller be named" in {
      val plan = Plan("mailbox-nowait", 4, limits = "virtual-time = 10s")
      val run = simulate(plan, nth(1, None) { case (2, _: MailboxRead) => true })
      run.report.verdict shouldBe Verdict.LOST_MESSAGE
      run.report.cycle.asScala.map(edge => (edge.cpu, edge.what)) should contain((2, "mailbox answer of interrupt-controller0"))
    }
    "of the memory be named" in {
      val run = simulate(stopping, nth(200, None) { case (2, _: CoherenceProtocol.ToL1) => true })
      run.report.verdict shouldBe Verdict.LOST_MESSAGE
      run.report.cycle.asScala.map(_.cpu) should contain(2)
    }
  }

  "A late IPI" should {
    for (delay <- Seq(4_000L, 40_000L, 100_000L)) {
      s"of $delay cycles never be called lost" in {
        for (plan <- Seq(waiting, stopping); kind <- Seq(IpiKind.CALL_FUNCTION, IpiKind.RESCHED); cpu <- 0 to 3) {
          val run = simulate(plan, nth(1, Some(delay))(vectorTo(cpu, kind)))
          withClue(s"${plan.variant}, $kind to CPU $cpu: ") {
            run.report.verdict shouldBe Verdict.HEALTHY
            run.report.lockups shouldBe empty
          }
        }
      }
    }
  }
}
