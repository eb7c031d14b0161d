package stillpoint.kernel.system

import scala.jdk.CollectionConverters._

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.kernel.report.{RunReport, Verdict}
import stillpoint.kernel.system.Machines._

/**
 * Goal: what each remedy costs where the machine is not stopped, or flushes late: which executions of old words there are, and
 * why. Method: whole machines whose CPUs go on calling the functions that are being rewritten.
 */
@RunWith(classOf[JUnitRunner])
class RemedyPriceSpec extends AnyWordSpec with Matchers {
  private def kinds(run: Run): Seq[String] = run.report.staleCode.asScala.map(_.kind).toSeq.distinct

  private def examples(run: Run, kind: String): Seq[RunReport.StaleFetch] =
    run.report.staleCode.asScala.toSeq.filter(_.kind == kind)

  for (variant <- Seq("irqsave", "upstream", "upstream+wait-ipi", "delayed-flush")) {
    s"The price of $variant" should {
      lazy val run = simulate(Plan(variant, 16))
      "be stale words, none of them after the flush that had to remove it" in {
        run.report.counters.staleFetches should be > 0L
        run.report.counters.lateStaleFetches shouldBe 0
        run.report.counters.tornFetches shouldBe 0
        kinds(run) shouldBe Seq("stale")
      }
      "be told with the CPU, the site, when, and both words, as the logs have them" in {
        val sites = run.machine.shared.sites.sites.asScala
        val slot = run.machine.shared.sites.slot
        for (one <- run.report.staleCode.asScala) {
          val site = sites.find(_.ipVirtual == one.pc)
          (one.oldWord, one.newWord) shouldBe
            site.fold((slot.offWord, slot.onWord))(s => (s.nopWord, s.callWord))
          val physical = site.fold(slot.physical)(_.ipPhysical)
          run.executions(one.cpu).exists(executed =>
            executed.cycle == one.cycle && executed.physical == physical && executed.word == one.oldWord) shouldBe true
          run.cpus.flatMap(_.logs.stores.asScala).exists(store =>
            store.physical == physical && store.newWord == one.newWord && store.cycle < one.cycle) shouldBe true
        }
        val cycles = run.report.staleCode.asScala.map(_.cycle)
        cycles shouldBe cycles.sorted
        cycles.size should be <= 4
      }
    }
  }

  "A limit that falls into an update" should {
    "end it as that and no worse, wherever it falls between a store and its flush" in {
      val runs = (102 to 160 by 2).map(at => simulate(Plan("upstream", 4, limits = s"virtual-time = ${at}us")))
      runs.map(_.report.verdict).distinct shouldBe Seq(Verdict.LIMIT_REACHED)
      runs.map(_.report.counters.lateStaleFetches).distinct shouldBe Seq(0)
      runs.exists(_.report.counters.staleFetches > 0) shouldBe true
    }
  }

  "A flush of the own icache alone" should {
    val plan = Plan("stop-machine+local-flush", 4)
    "leave late stale words to every CPU but the one that patched: nobody ever flushes theirs" in {
      val run = simulate(plan)
      run.report.verdict shouldBe Verdict.UNDEFINED_EXECUTION
      run.report.counters.lateStaleFetches shouldBe run.report.counters.staleFetches
      run.report.counters.lateStaleFetches should be > 0L
      kinds(run) shouldBe Seq("late")
      examples(run, "late").map(_.cpu) should not contain 0
      // CPU 0 saw the new words
      run.report.guest.tracedCpus.asScala should contain(0)
    }
    "leave none where the others synchronise themselves on their way out of stop_machine, as x86 does" in {
      for (n <- Seq(2, 4, 16)) {
        val run = simulate(plan.copy(cpus = n, kernel = "ftrace.self-synchronise = true"))
        run.report.verdict shouldBe Verdict.HEALTHY
        run.report.counters.staleFetches shouldBe 0
        run.report.guest.tracedCpus.asScala.toSeq shouldBe (0 until n)
        run.report.staleCode shouldBe empty
      }
    }
  }

  "Sites of two words" should {
    /** Caches smaller than the guest: lines of text are fetched again and again, some between two stores. */
    def convert(seed: Long, variant: String = "irqsave", cpus: Int = 6, atBoot: Boolean = false): Run =
      simulate(Plan(variant, cpus, elf = "functions32.elf", board = Some("generic"), seed = seed,
        kernel = s"ftrace.convert-at-boot = $atBoot", limits = "virtual-time = 2ms"))

    lazy val irqsave = (1 to 8).map(seed => convert(seed))

    "be torn under some seeds by irqsave at their first conversion, and not under others" in {
      irqsave.map(_.report.counters.tornFetches > 0).distinct.size shouldBe 2
    }
    "be undefined execution when they are torn" in {
      for (run <- irqsave) {
        val torn = run.report.counters.tornFetches > 0
        run.report.verdict shouldBe (if (torn) Verdict.UNDEFINED_EXECUTION else Verdict.WARNINGS)
        // the stack is 8 bytes off, so the guest returns to where it never came from
        run.report.guest.failures.isEmpty shouldBe !torn
        run.report.counters.lateStaleFetches shouldBe 0
        examples(run, "torn").nonEmpty shouldBe torn
      }
    }
    "be torn between the two stores: one word as compiled, the other a nop" in {
      for (run <- irqsave; one <- examples(run, "torn")) {
        val site = run.machine.shared.sites.sites.asScala.find(_.ipVirtual == one.pc).get
        site.words shouldBe 2
        Seq(site.originalWord, 0x27bdfff8) should contain(one.oldWord)
        one.newWord shouldBe 0
      }
    }
    "be torn without stop_machine whatever the flush: it is the two stores" in {
      val counts = (1 to 8).map(seed => convert(seed, "upstream", 16).report.counters.tornFetches)
      counts.max should be > 0L
    }
    "never be torn inside stop_machine" in {
      for (seed <- 1 to 4) {
        val run = convert(seed, "delayed-flush")
        run.report.verdict shouldBe Verdict.HEALTHY
        run.report.counters.tornFetches shouldBe 0
      }
    }
    "never be torn by the later toggle of one word" in {
      for (variant <- Seq("irqsave", "upstream"); seed <- 1 to 4) {
        val run = convert(seed, variant, 16, atBoot = true)
        run.report.counters.tornFetches shouldBe 0
        run.report.counters.staleFetches should be > 0L
        run.report.verdict shouldBe (if (variant == "irqsave") Verdict.WARNINGS else Verdict.HEALTHY)
      }
    }
    "be stored to twice and flushed once each when converted, and once each when toggled" in {
      val sites = irqsave.head.machine.shared.sites.sites.size
      for (run <- irqsave) {
        run.report.counters.wordsPatched shouldBe 2 * sites + sites + 1
        run.report.counters.icacheFlushes shouldBe sites + sites + 1
      }
      val toggled = convert(1, atBoot = true)
      toggled.report.counters.wordsPatched shouldBe sites + 1
      toggled.report.counters.icacheFlushes shouldBe sites + 1
    }
  }

  "The seed" should {
    "vary when guest threads start, and nothing else of a machine without faults" in {
      val runs = Seq(1L, 2L).map(seed => simulate(Plan("upstream", 4, seed = seed)))
      runs.map(_.outcome.digest).distinct should have size 2
      runs.map(_.report.counters.wordsPatched).distinct should have size 1
      runs.foreach(_.report.verdict shouldBe Verdict.HEALTHY)
    }
  }
}
