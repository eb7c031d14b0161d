package stillpoint.kernel.system

import java.nio.ByteBuffer

import scala.jdk.CollectionConverters._

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.clusterconfig.Presets
import stillpoint.kernel.config.KernelConfig
import stillpoint.kernel.flush.FlushRecord
import stillpoint.kernel.irq.IpiKind
import stillpoint.kernel.report.Verdict
import stillpoint.kernel.system.Machines._
import stillpoint.machine.elf.{ElfImage, GuestFiles}

/**
 * Goal: the simulated machine agrees with what was measured on real kernels: who hangs, how many words are patched, how
 * often is flushed, how many IPIs that takes. Method: each kernel variant on its board, from 1 to 1,024 CPUs, in the three
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

  /**
   * A row of what was measured, as laws.
   *
   * @param hangsAt the flush that never returns, with 2 and more CPUs
   * @param flushes whether one a patched word; else one after all
   * @param calls call-function IPIs for n CPUs and so many words
   */
  private case class Row(
      stops: Boolean = true,
      hangsAt: Option[Int] = None,
      flushEach: Boolean = true,
      calls: (Int, Int) => Int = (_, _) => 0,
      mailbox: Boolean = false,
      warnings: Int => Seq[String] = _ => Nil,
      flushReachesAll: Boolean = true)

  private val IrqsDisabled = "WARNING: at kernel/smp.c smp_call_function_many()"
  private val SleepsInvalidly = "BUG: sleeping function called from invalid context"
  private val WhileAtomic = "BUG: scheduling while atomic: init/1/0x00000002"
  private val Underflown = "BUG: scheduling while atomic: init/1/0x00000000"

  private def ifMany(n: Int)(lines: String*): Seq[String] = if (n > 1) lines else Nil

  private val rows = Map(
    "stop-machine+wait-ipi" ->
      Row(hangsAt = Some(1), calls = (n, _) => n - 1, warnings = ifMany(_)(IrqsDisabled)),
    // its irqs are on: nothing for the warning to see
    "hang+irqs-on" -> Row(hangsAt = Some(1), calls = (n, _) => n - 1),
    // the second call finds the first target's csd in use and comes to no IPI
    "call-function-nowait" -> Row(hangsAt = Some(2), calls = (n, _) => n - 1),
    "mailbox-nowait" -> Row(mailbox = true),
    "delayed-flush" -> Row(flushEach = false, calls = (n, _) => n - 1),
    "delayed-flush+preempt-disable" -> Row(
      flushEach = false, calls = (n, _) => n - 1, warnings = _ => Seq(SleepsInvalidly, WhileAtomic, Underflown)),
    "irqsave" -> Row(stops = false, calls = (n, words) => words * (n - 1), warnings = ifMany(_)(IrqsDisabled)),
    "stop-machine+local-flush" -> Row(flushReachesAll = false),
    "upstream" -> Row(stops = false),
    "upstream+wait-ipi" -> Row(stops = false, calls = (n, words) => words * (n - 1)))

  "The rows" should {
    "be all the kernel's variants" in {
      rows.keySet shouldBe Presets.variantNames.asScala.toSet
    }
  }

  private def checkLaws(run: Run, variant: String, n: Int, words: Int, running: Seq[Int]): Unit = {
    val row = rows(variant)
    val hangs = row.hangsAt.isDefined && n > 1
    val counters = run.report.counters
    // only a kernel that can be preempted anywhere has a count to be wrong
    val atomic = Seq(SleepsInvalidly, WhileAtomic, Underflown)
    val counts = run.setup.kernel.preempt == KernelConfig.Preempt.FULL
    val warnings = row.warnings(n).filter(line => counts || !atomic.contains(line))
    run.report.verdict shouldBe (
      if (hangs) Verdict.DEADLOCK
      else if (!row.flushReachesAll && running.size > 1) Verdict.UNDEFINED_EXECUTION
      else if (warnings.nonEmpty) Verdict.WARNINGS
      else Verdict.HEALTHY)
    counters.wordsPatched shouldBe (if (hangs) row.hangsAt.get else words)
    counters.icacheFlushes shouldBe (if (hangs) row.hangsAt.get else if (row.flushEach) words else 1)

    run.sent("call-function") shouldBe row.calls(n, words)
    run.taken("call-function") shouldBe (if (hangs) 0 else row.calls(n, words))

    run.sent("icache-flush") shouldBe (if (row.mailbox) words.toLong * (n - 1) else 0)
    for (cpu <- run.cpus) {
      // coalesced: the bit is set once a word and taken once, when irqs come back on
      cpu.counters.ipisTaken()(IpiKind.ICACHE_FLUSH.ordinal) shouldBe (if (row.mailbox && cpu.cpu > 0) 1 else 0)
    }

    val writer = 5 % n
    val byWriter = if (row.stops) n - 1 else 0
    val wakeUps = run.cpus.map(_.counters.ipisSent()(IpiKind.RESCHED.ordinal))
    wakeUps(writer) shouldBe byWriter
    // the last stopper that finishes wakes the writer, unless it is the writer's own
    val completion = wakeUps.sum - byWriter
    completion should be <= (if (row.stops && !hangs) 1L else 0L)
    run.taken("resched") shouldBe byWriter + completion
    run.cpus(writer).counters.ipisTaken()(IpiKind.RESCHED.ordinal) shouldBe completion

    run.report.warnings.asScala.toSeq shouldBe warnings
    run.report.console.asScala.count(line => line.contains("WARNING") || line.contains("BUG")) shouldBe warnings.size
    if (row.flushReachesAll) counters.lateStaleFetches shouldBe 0
    else if (running.size > 1) counters.lateStaleFetches should be > 0L
    counters.tornFetches shouldBe 0
    if (hangs || row.mailbox || n == 1) counters.staleFetches shouldBe 0
    run.report.guest.failures shouldBe empty
    val traced = if (hangs) Nil else if (row.flushReachesAll) running else running.filter(_ == 0)
    // who flushes nobody else's cache leaves it to chance who sees the new words
    run.report.guest.tracedCpus.asScala.toSeq should contain allElementsOf traced
    run.report.guest.tracedCpus.isEmpty shouldBe traced.isEmpty
    run.report.lockups shouldBe empty
    run.report.cycle.isEmpty shouldBe !hangs
  }

  for (variant <- Presets.variantNames.asScala.toSeq) {
    val row = rows(variant)
    s"The kernel of $variant" should {
      for (n <- Seq(1, 2, 4, 8, 16, 64)) {
        val fate = row.hangsAt.filter(_ => n > 1).fold("not hang")(flush => s"hang at flush $flush")
        s"$fate with $n CPUs" in {
          for (preempt <- Seq("full", "voluntary", "none")) {
            withClue(s"preempt = $preempt: ") {
              checkLaws(simulate(Plan(variant, n, preempt)), variant, n, functionsWords, 0 until n)
            }
          }
        }
      }
      for (preempt <- Seq("full", "voluntary", "none")) s"do the same with 1,024 CPUs, preempt = $preempt" in {
        // few of them run the guest, so that it is not long
        val few = Seq(0, 1, 500, 1023)
        val plan = Plan(variant, 1024, preempt, board = Some("generic"), runOn = few.mkString("\"", ",", "\""),
          machine = if (row.mailbox) "interrupt-controller = octeon-ciu" else "")
        // where each word waits for every CPU, all words but once: then a few functions
        val waits = row.calls(1024, functionsWords) > 10_000
        if (!waits || preempt == "full") checkLaws(simulate(plan), variant, 1024, functionsWords, few)
        else {
          val some = new EmulatedMachine(plan.setup).shared.sites.sites.asScala.map(_.function).distinct.take(8)
          val filter = Typed("20us", 5, s"echo ${some.mkString(" ")} > /debug/tracing/set_ftrace_filter")
          val run = simulate(plan.copy(script = Some(Seq(filter, Typed("100us", 5, EnableLine)))))
          checkLaws(run, variant, 1024, some.size + 1, few)
        }
      }
      "obey the same laws with the 9,118 sites of the measured kernel" in {
        val words = tracedFunctions(GuestFiles.image("sites.elf")) + 1
        words shouldBe 9119
        checkLaws(simulate(Plan(variant, 4, elf = "sites.elf")), variant, 4, words, 0 until 4)
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
