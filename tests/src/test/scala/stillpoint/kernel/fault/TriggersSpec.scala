package stillpoint.kernel.fault

import java.util.Optional
import scala.util.Random

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.kernel.irq.IpiKind
import stillpoint.kernel.stop.StopState
import stillpoint.kernel.system.Machines

/** When faults strike: by time, count, chance and moment, and in which cycles a slow core runs. No machine runs here. */
@RunWith(classOf[JUnitRunner])
class TriggersSpec extends AnyWordSpec with Matchers {
  // 1000 MHz: a nanosecond is a cycle
  private val board = Machines.Plan("upstream", 4).setup.board
  private val run = new Moment.StopMachineState(StopState.RUN)

  private def state(trigger: Trigger, seed: Long = 1, number: Int = 1, process: Int = 0) =
    new TriggerState(trigger, board, TriggerState.randomOf(seed, number, process))

  private def struckOf(state: TriggerState, cycles: Seq[Long]): Seq[Long] = cycles.filter(state.strikes)

  "A trigger" should {
    "strike each match within its time, and none outside it" in {
      val window = state(new Trigger(100, 50, Optional.empty(), 0, 1))
      struckOf(window, Seq[Long](0, 99, 100, 149, 150, 1000)) shouldBe Seq(100, 149)
    }
    "strike the nth match, counted while it is armed" in {
      struckOf(state(Trigger.nth(3)), 1L to 10) shouldBe Seq(3)
      struckOf(state(new Trigger(5, Trigger.EVER, Optional.empty(), 3, 1)), 1L to 10) shouldBe Seq(7)
    }
    "wait for its moment, and then as long as it says" in {
      val armed = state(new Trigger(10, Trigger.EVER, Optional.of(run), 2, 1))
      struckOf(armed, 1L to 10) shouldBe empty
      armed.comes(new Moment.IpiTaken(IpiKind.RESCHED), 10, false)
      armed.comes(run, 20, false)
      armed.comes(run, 25, false)
      struckOf(armed, 21L to 40) shouldBe Seq(31)
    }
    "be due once, at its time or at an occurrence of its moment" in {
      state(Trigger.at(77)).dueCycle shouldBe 77
      val third = state(new Trigger(5, Trigger.EVER, Optional.of(run), 3, 1))
      third.dueCycle shouldBe Long.MaxValue
      Seq[Long](10, 20, 30, 40).foreach(third.comes(run, _, true))
      third.dueCycle shouldBe 35
      third.strikesNow shouldBe true
      third.dueCycle shouldBe Long.MaxValue
      third.comes(run, 50, true)
      third.dueCycle shouldBe Long.MaxValue
    }
    "strike about as often as its probability says, and the same for the same seed, fault and process" in {
      def some(seed: Long, number: Int, process: Int) =
        struckOf(state(new Trigger(0, Trigger.EVER, Optional.empty(), 0, 0.25), seed, number, process), 1L to 4000)
      some(1, 1, 0).size should (be > 850 and be < 1150)
      some(1, 1, 0) shouldBe some(1, 1, 0)
      Seq(some(1, 1, 0), some(2, 1, 0), some(1, 2, 0), some(1, 1, 1)).distinct should have size 4
    }
  }

  "A slow core" should {
    val random = new Random(5)
    for (trial <- 1 to 20) {
      s"run in one part of each turn, however its work is cut ($trial)" in {
        val factor = 2 + random.nextInt(9)
        val turns = new SlowTurns(random.nextInt(50).toLong, 1000L + random.nextInt(500), (factor * (1 + random.nextInt(6))).toLong, factor)
        def runs(cycle: Long) = turns.resume(cycle) == cycle
        val running = (0L until 3000).filter(runs)
        running.count(cycle => cycle >= turns.fromCycle && cycle < turns.fromCycle + 10 * turns.turnCycles) shouldBe
          10 * turns.turnCycles / factor
        for (_ <- 1 to 30) {
          val start = running(random.nextInt(600))
          val work = 1 + random.nextInt(60)
          // it ends when it has had so many running cycles; a pause right behind is not waited for
          turns.after(start, work) shouldBe running(running.indexOf(start) + work - 1) + 1
          val part = random.nextInt(work + 1)
          if (part > 0 && part < work) turns.after(turns.resume(turns.after(start, part)), work - part) shouldBe turns.after(start, work)
          val pause = turns.nextPause(start)
          if (pause != Long.MaxValue) {
            runs(pause) shouldBe false
            (start until pause).forall(runs) shouldBe true
          }
        }
      }
    }
    "be as any other when it never is slow" in {
      SlowTurns.NONE.after(7, 5) shouldBe 12
      SlowTurns.NONE.resume(7) shouldBe 7
      SlowTurns.NONE.nextPause(7) shouldBe Long.MaxValue
    }
  }
}
