package stillpoint.kernel.sched

import scala.jdk.CollectionConverters._

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.kernel.config.GuestConfig
import stillpoint.kernel.report.Verdict
import stillpoint.kernel.system.MachineSetup
import stillpoint.kernel.system.Machines._
import stillpoint.machine.interrupt.CpuSet

@RunWith(classOf[JUnitRunner])
class IdleSpec extends AnyWordSpec with Matchers {
  private def runningOn(setup: MachineSetup, cpus: CpuSet): MachineSetup =
    new MachineSetup(
      setup.board, setup.kernel, new GuestConfig(setup.guest.elfPath, setup.guest.image, cpus), setup.script,
      setup.seed, setup.settleNanos, setup.virtualTimeLimitNanos)

  private val late = Typed("50ms", 2, EnableLine)

  "An idle machine" should {
    "let fifty milliseconds pass without a single tick, then do what is typed" in {
      val run = simulate(runningOn(Plan("delayed-flush", 4, script = Some(Seq(late))).setup, CpuSet.empty))
      run.report.verdict shouldBe Verdict.HEALTHY
      run.report.counters.wordsPatched shouldBe run.machine.shared.sites.sites.size + 1
      run.report.counters.instructions shouldBe 0
      // nothing is processed before the line is typed: all events are the few of the patching
      run.outcome.windows should be < 5000L
      val quiet = simulate(runningOn(
        Plan("delayed-flush", 4, script = Some(Seq(late.copy(at = "90ms")))).setup, CpuSet.empty))
      quiet.outcome.events shouldBe run.outcome.events
      quiet.outcome.windows shouldBe run.outcome.windows
    }
    "be quiescent when all guests have ended, with no timer pending" in {
      val run = simulate(Plan("upstream", 4))
      run.outcome.quiescent shouldBe true
      for (cpu <- run.cpus) {
        cpu.task shouldBe s"swapper/${cpu.cpu}"
        cpu.stack.asScala shouldBe empty
        cpu.pendingInterrupts.asScala shouldBe empty
      }
    }
    "take part in stop_machine from its idle tasks" in {
      val run = simulate(runningOn(Plan("delayed-flush", 4).setup, CpuSet.of(3)))
      run.report.verdict shouldBe Verdict.HEALTHY
      run.report.guest.tracedCpus.asScala.map(_.toInt) shouldBe Seq(3)
      run.sent("call-function") shouldBe 3
      run.taken("call-function") shouldBe 3
    }
    "hang like a busy one" in {
      val run = simulate(runningOn(Plan(Hanging, 4).setup, CpuSet.empty))
      run.report.verdict shouldBe Verdict.DEADLOCK
      run.report.cycle.asScala.map(_.cpu) shouldBe (0 until 4)
    }
  }

  "The scheduler tick" should {
    "preempt nothing and lose nothing on a CPU that runs guest code" in {
      // at 10,000 a second: one each 100 us, taken between any two instructions
      val ticking = simulate(Plan("upstream", 2, kernel = "hz = 10000"))
      val quiet = simulate(Plan("upstream", 2, kernel = "hz = 1"))
      ticking.report.verdict shouldBe Verdict.HEALTHY
      ticking.report.guest.failures shouldBe empty
      ticking.outcome.digest should not be quiet.outcome.digest
    }
  }

  "A limit of virtual time" should {
    "end a busy run at exactly that time" in {
      val script = Seq(Typed("100us", 1, EnableLine), Typed("1900us", 1, DisableLine))
      val run = simulate(Plan("upstream", 2, script = Some(script),
        limits = "virtual-time = 2ms, settle = 5ms"))
      run.report.verdict shouldBe Verdict.LIMIT_REACHED
      run.report.verdictAtNanos shouldBe 2_000_000
      // a piece of work that began before it may end a few cycles after it
      run.outcome.lastEventCycle should be < run.setup.board.cycleAt(2_000_000) + 100
    }
    "end a run too in which nothing happens around it" in {
      val setup = Plan("upstream", 2, script = Some(Seq(Typed("100us", 1, EnableLine))),
        limits = "virtual-time = 2ms, settle = 5ms").setup
      val run = simulate(runningOn(setup, CpuSet.empty))
      run.report.verdict shouldBe Verdict.LIMIT_REACHED
      run.report.verdictAtNanos shouldBe 2_000_000
      run.outcome.endCycle shouldBe run.setup.board.cycleAt(2_000_000)
    }
  }
}
