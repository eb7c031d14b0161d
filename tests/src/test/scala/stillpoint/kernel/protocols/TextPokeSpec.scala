package stillpoint.kernel.protocols

import scala.jdk.CollectionConverters._

import org.junit.runner.RunWith
import org.scalatestplus.junit.JUnitRunner
import stillpoint.kernel.report.Verdict
import stillpoint.kernel.testmod.TextPokeBp

/** Breakpoint-style patching stops nobody; what keeps it right is that all CPUs synchronise between its writes. */
@RunWith(classOf[JUnitRunner])
class TextPokeSpec extends ProtocolPair {
  aPair("text-poke-unsynchronised", "text-poke-synchronised", Verdict.UNDEFINED_EXECUTION)

  "Patching with a trap word and three synchronisations" should {
    lazy val run = Shipped.run("text-poke-synchronised")
    "have CPUs run into the trap, which the kernel handles as the nop it stands for" in {
      run.cpus.map(_.counters.breakpoints).sum should be > 0L
      run.report.guest.failures shouldBe empty
      run.report.guest.passes should be > 0L
    }
    "stop nobody: no stopper is woken, and each CPU takes three IPIs" in {
      run.sent("resched") shouldBe 0
      run.sent("call-function") shouldBe 3 * 15
      run.taken("call-function") shouldBe 3 * 15
    }
    "write every site three times: trap, second word, first word" in {
      val stores = run.cpus.flatMap(_.logs.stores.asScala).sortBy(_.cycle)
      stores should have size 72
      val trap = 0x0d | TextPokeBp.BREAK_CODE << 6
      stores.take(24).map(_.newWord).toSet shouldBe Set(trap)
      stores.drop(48).map(_.oldWord).toSet shouldBe Set(trap)
      stores.drop(48).map(_.physical) shouldBe stores.take(24).map(_.physical)
      stores.slice(24, 48).map(_.physical) shouldBe stores.take(24).map(_.physical + 4)
    }
    "show old words only until the flush that covers them" in {
      run.report.counters.staleFetches should be > 0L
      run.report.counters.lateStaleFetches shouldBe 0
    }
    "be right on any number of CPUs and on a board with mailboxes" in {
      for (machine <- Seq("xls416, cpus = 1", "xls416, cpus = 2", "generic, cpus = 33", "octeon-cn58")) {
        val other = Shipped.changed("text-poke-synchronised", "board = xls416" -> s"board = $machine", "on = 6" -> "on = 0")
        withClue(machine + ": ")(other.report.verdict shouldBe Verdict.HEALTHY)
      }
    }
  }
  "The same without synchronising" should {
    "leave other CPUs with words that memory no longer holds, and no flush to come" in {
      val counters = Shipped.run("text-poke-unsynchronised").report.counters
      counters.icacheFlushes shouldBe 0
      counters.lateStaleFetches should be > 0L
      counters.lateStaleFetches shouldBe counters.staleFetches
    }
  }
}
