package stillpoint.kernel.system

import java.nio.ByteBuffer

import scala.jdk.CollectionConverters._

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.kernel.flush.FlushRecord
import stillpoint.kernel.irq.IpiKind
import stillpoint.kernel.report.Verdict
import stillpoint.kernel.system.Machines._
import stillpoint.machine.elf.{ElfImage, GuestFiles}

/**
 * Goal: the simulated machine agrees with what was measured on real kernels: who hangs, how many words are patched, how
 * often is flushed, how many IPIs that takes. Method: each kernel variant on its board, from 1 to 64 CPUs, in the three
 * kinds of kernel preemption; the laws are written here as functions of the number of CPUs and of traced functions.
 */
@RunWith(classOf[JUnitRunner])
class GroundTruthSpec extends AnyWordSpec with Matchers {
  /** Functions that begin with a call of _mcount, counted in the machine code by the symbols' bounds. */
  private def tracedFunctions(image: ElfImage): Int = {
    val mcount = image.symbols.asScala.find(_.name == "_mcount").get.address
    val callMcount = 0x0c000000 | (mcount >>> 2 & 0x03ffffff).toInt
    val text = image.segments.asScala.find(_.executable).get
    val words = ByteBuffer.wrap(text.content)
    image.symbols.asScala.filter(_.function).map(symbol => (symbol.address, symbol.bytes)).distinct.count {
      case (address, bytes) =>
        (0L until bytes by 4).exists { offset =>
          words.getInt((address + offset - text.virtualAddress).toInt) == callMcount
        }
    }
  }

  private val functionsWords = tracedFunctions(GuestFiles.image("functions.elf")) + 1

  private def checkLaws(run: Run, variant: String, n: Int, words: Int): Unit = {
    val hangs = variant == Hanging && n > 1
    val stops = variant != "upstream"
    val counters = run.report.counters
    run.report.verdict shouldBe (if (hangs) Verdict.DEADLOCK else Verdict.HEALTHY)
    counters.wordsPatched shouldBe (if (hangs) 1 else words)
    counters.icacheFlushes shouldBe (if (hangs || variant == "delayed-flush") 1 else words)

    val broadcast = if (hangs || variant == "delayed-flush") n - 1 else 0
    run.sent("call-function") shouldBe broadcast
    run.taken("call-function") shouldBe (if (hangs) 0 else broadcast)

    val mailbox = variant == "mailbox-nowait"
    run.sent("icache-flush") shouldBe (if (mailbox) words.toLong * (n - 1) else 0)
    for (cpu <- run.cpus) {
      // coalesced: the bit is set once a word and taken once, when irqs come back on
      cpu.counters.ipisTaken()(IpiKind.ICACHE_FLUSH.ordinal) shouldBe (if (mailbox && cpu.cpu > 0) 1 else 0)
    }

    val writer = 5 % n
    val byWriter = if (stops) n - 1 else 0
    val wakeUps = run.cpus.map(_.counters.ipisSent()(IpiKind.RESCHED.ordinal))
    wakeUps(writer) shouldBe byWriter
    // the last stopper that finishes wakes the writer, unless it is the writer's own
    val completion = wakeUps.sum - byWriter
    completion should be <= (if (stops && !hangs) 1L else 0L)
    run.taken("resched") shouldBe byWriter + completion
    run.cpus(writer).counters.ipisTaken()(IpiKind.RESCHED.ordinal) shouldBe completion

    run.report.warnings.size shouldBe (if (hangs) 1 else 0)
    run.report.console.asScala.count(_.contains("WARNING")) shouldBe (if (hangs) 1 else 0)
    counters.lateStaleFetches shouldBe 0
    counters.tornFetches shouldBe 0
    if (hangs || mailbox || n == 1) counters.staleFetches shouldBe 0
    run.report.guest.failures shouldBe empty
    run.report.guest.tracedCpus.asScala.toSeq shouldBe (if (hangs) Nil else 0 until n)
    run.report.lockups shouldBe empty
    run.report.cycle.isEmpty shouldBe !hangs
  }

  for (variant <- Variants) {
    s"The kernel of $variant" should {
      for (n <- Seq(1, 2, 4, 8, 16, 64)) {
        val fate = if (variant == Hanging && n > 1) "hang at the first flush" else "not hang"
        s"$fate with $n CPUs" in {
          for (preempt <- if (n == 64) Seq("full") else Seq("full", "voluntary", "none")) {
            withClue(s"preempt = $preempt: ") {
              checkLaws(simulate(Plan(variant, n, preempt)), variant, n, functionsWords)
            }
          }
        }
      }
      "obey the same laws with the 9,118 sites of the measured kernel" in {
        val words = tracedFunctions(GuestFiles.image("sites.elf")) + 1
        words shouldBe 9119
        checkLaws(simulate(Plan(variant, 4, elf = "sites.elf")), variant, 4, words)
      }
    }
  }

  for (variant <- Variants; n <- Seq(1, 4, 16) if variant != Hanging || n == 1) {
    s"Turning the tracer on and off again under $variant with $n CPUs" should {
      lazy val tracer = simulate(Plan(variant, n,
        script = Some(Seq(Typed("100us", 5 % n, EnableLine), Typed("300us", 2 % n, DisableLine)))))
      lazy val sites = tracer.machine.shared.sites
      lazy val disabling = {
        val stores = tracer.cpus.flatMap(_.logs.stores.asScala).sortBy(_.cycle)
        stores.drop(stores.size / 2)
      }

      "patch every word twice and stay healthy" in {
        tracer.report.verdict shouldBe Verdict.HEALTHY
        tracer.report.counters.wordsPatched shouldBe 2 * functionsWords
        disabling should have size functionsWords
        disabling.map(_.physical).distinct should have size functionsWords
        disabling.map(_.newWord).toSet shouldBe Set(0)
        tracer.report.counters.lateStaleFetches shouldBe 0
      }
      "flush as often as both changes need" in {
        tracer.report.counters.icacheFlushes shouldBe (if (variant == "delayed-flush") 2 else 2 * functionsWords)
      }
      "leave the text as it was before" in {
        val text = tracer.setup.guest.image.segments.asScala.find(_.executable).get
        val initial = ByteBuffer.wrap(text.content.clone)
        sites.sites.asScala.foreach(site => initial.putInt((site.ipVirtual - text.virtualAddress).toInt, 0))
        var seen = 0
        for (offset <- text.content.indices by 4) {
          val physical = text.physicalAddress + offset
          // what no memory word shows is the last store, still in its CPU's cache
          val word = tracer.memoryWord(physical).orElse(disabling.reverse.find(_.physical == physical).map(_.newWord))
          word.foreach { value =>
            seen += 1
            withClue(f"at 0x$physical%x: ") { value shouldBe initial.getInt(offset) }
          }
        }
        seen should be > text.content.length / 4 * 3 / 4
      }
      "trace while it is on, and nothing after it was off and flushed" in {
        val flushed = tracer.cpus.flatMap(_.logs.flushes.asScala).map(_.returnCycle).filter(_ != FlushRecord.NOT_RETURNED).max
        val onWords = sites.slot.onWord +: sites.sites.asScala.map(_.callWord).toSeq
        for (cpu <- tracer.cpus) {
          val on = tracer.executions(cpu.cpu).filter(one => onWords.contains(one.word))
          on should not be empty
          all(on.map(_.cycle)) should be <= flushed
          // one call may have been past its site already
          cpu.logs.trace.asScala.count(_.cycle > flushed) should be <= 1
        }
        // the machine went on working
        tracer.cpus.map { cpu =>
          tracer.executions(cpu.cpu).count(one => one.cycle > flushed && one.word == 0)
        }.sum should be > 50 * n
      }
    }
  }
}
