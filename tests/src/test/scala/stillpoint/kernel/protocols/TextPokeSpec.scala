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
    "show that by first words: the nop from before, where memory held the trap or the branch that replaced it" in {
      val run = Shipped.run("text-poke-unsynchronised")
      val examples = run.report.staleCode.asScala.toSeq
      examples should not be empty
      val trap = 0x0d | TextPokeBp.BREAK_CODE << 6
      val firstWords = run.machine.shared.sites.sites.asScala.map(_.ipVirtual).toSet
      for (example <- examples) {
        example.kind shouldBe "late"
        firstWords should contain(example.pc)
        example.oldWord should (be(0) or be(trap))
        example.newWord should (be(trap) or be(0x10000001))
        example.cpu should not be 6 // the writer synchronises with itself, by its own exceptions at the latest
      }
    }
    "count no torn pass: what it leaves in a cache is a whole line, of which both words are from before" in {
      Shipped.run("text-poke-unsynchronised").report.counters.tornFetches shouldBe 0
    }
  }

  "A module that rewrites call sites" should {
    def unfit(elf: String, board: String): String = Shipped.refusal(
      Shipped.text("text-poke-synchronised").replace("functions.elf", elf).replace("board = xls416", board))
    "be refused by a guest whose sites are not one word" in {
      for (elf <- Seq("functions32.elf", "modules.elf")) {
        val line = unfit(elf, "board = xls416")
        line should (startWith(s"guest.elf = guest/$elf has call sites that 'modprobe test_text_poke sync=each' cannot rewrite") and not include "\n")
      }
    }
    "be refused by the kernel while the tracer is on, in modprobe's words, and leave the text alone" in {
      for (module <- Seq("test_text_poke sync=each", "test_jump_label")) {
        val run = Shipped.runText(s"""machine { board = xls416, cpus = 4 }, kernel.variant = upstream, limits { virtual-time = 100ms }
          |script = [ { at = 100us, on = 1, run = "echo function > /debug/tracing/current_tracer" }
          |           { at = 400us, on = 2, run = "modprobe $module" }
          |           { at = 600us, on = 1, run = "echo nop > /debug/tracing/current_tracer" } ]""".stripMargin)
        val name = module.takeWhile(_ != ' ')
        run.report.console.asScala should contain(s"modprobe: ERROR: could not insert '$name': Device or resource busy")
        run.report.verdict shouldBe Verdict.WARNINGS
        run.report.counters.wordsPatched shouldBe 126
      }
    }
    "be followed by the tracer without harm" in {
      val run = Shipped.changed("text-poke-synchronised", "sync=each\" }" ->
        "sync=each\" }\n { at = 600us, on = 2, run = \"echo function > /debug/tracing/current_tracer\" }", "words-patched = 72" -> "words-patched = 135")
      run.report.verdict shouldBe Verdict.HEALTHY
      run.report.counters.tracedCalls should be > 0L
    }
  }
}
