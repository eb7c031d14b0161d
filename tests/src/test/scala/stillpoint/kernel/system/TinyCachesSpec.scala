package stillpoint.kernel.system

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.kernel.report.Verdict
import stillpoint.kernel.system.Machines._
import stillpoint.machine.board.Board
import stillpoint.machine.l1.CacheGeometry

/**
 * Goal: nothing depends on a line staying in a cache. Method: caches of one to sixteen lines, in which nearly every access
 * stalls and any two lines may displace each other; what comes out must be what large caches give.
 */
@RunWith(classOf[JUnitRunner])
class TinyCachesSpec extends AnyWordSpec with Matchers {
  private def withCaches(setup: MachineSetup, sets: Int, ways: Int): MachineSetup = {
    val b = setup.board
    val geometry = new CacheGeometry(sets, ways, b.lineBytes)
    val board = new Board(
      b.name, b.cpuCount, b.clockMhz, b.bigEndian, geometry, geometry, b.directorySlices, b.interruptController,
      b.interruptSlices, b.cpuToHomeCycles, b.memoryCycles, b.cpuToControllerCycles, b.cpuToConsoleCycles)
    new MachineSetup(
      board, setup.kernel, setup.guest, setup.script, setup.seed, setup.settleNanos, setup.virtualTimeLimitNanos)
  }

  for ((sets, ways) <- Seq((1, 1), (1, 2), (2, 1), (4, 1), (8, 2))) {
    s"Two CPUs with caches of $sets sets of $ways lines" should {
      for (variant <- Variants) {
        s"come to the same end under $variant" in {
          val run = simulate(withCaches(Plan(variant, 2, board = Some("generic")).setup, sets, ways))
          val hangs = variant == Hanging
          run.report.verdict shouldBe (if (hangs) Verdict.DEADLOCK else Verdict.HEALTHY)
          run.report.counters.wordsPatched shouldBe (if (hangs) 1 else run.machine.shared.sites.sites.size + 1)
          run.report.counters.lateStaleFetches shouldBe 0
          run.report.guest.failures shouldBe empty
          if (!hangs) run.report.guest.passes should be >= 2L
        }
      }
    }
  }
}
