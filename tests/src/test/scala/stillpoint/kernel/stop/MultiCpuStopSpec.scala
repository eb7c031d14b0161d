package stillpoint.kernel.stop

import scala.jdk.CollectionConverters._

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.kernel.cpu.CpuReport
import stillpoint.kernel.system.Machines._

/**
 * Goal: stop_machine keeps its promise, at every moment: no CPU runs ahead of the others, and text changes only while
 * nobody executes any. Method: all CPUs are looked at every few ns of a whole run, and what they say is compared.
 */
@RunWith(classOf[JUnitRunner])
class MultiCpuStopSpec extends AnyWordSpec with Matchers {
  private case class Moment(cycle: Long, cpus: Seq[CpuReport]) {
    val progress: Seq[Option[CpuReport.StopProgress]] = cpus.map(cpu => present(cpu.stopProgress))
    def words: Int = cpus.map(_.logs.stores.size).sum
    def stopped: Boolean = progress.forall(_.exists(p => Set(StopState.DISABLE_IRQ, StopState.RUN)(p.seen)))
  }

  private def film(plan: Plan): Seq[Moment] = {
    val moments = Seq.newBuilder[Moment]
    // a lone CPU is through a state in no time
    observe(plan.setup, new Watching(plan.setup, if (plan.cpus == 1) 2 else 50, (cycle, cpus) => {
      moments += Moment(cycle, cpus)
      false
    }))
    moments.result()
  }

  for ((variant, n) <- Seq(("delayed-flush", 4), ("mailbox-nowait", 3), ("delayed-flush", 1))) {
    s"stop_machine of $variant with $n CPUs" should {
      lazy val moments = film(Plan(variant, n, script = Some(Seq(
        Typed("100us", 1 % n, EnableLine), Typed("200us", 2 % n, DisableLine)))))

      "take every CPU through each state once, in order, twice over" in {
        val whole = Seq(StopState.PREPARE, StopState.DISABLE_IRQ, StopState.RUN)
        for (cpu <- 0 until n) {
          val states = moments.map(_.progress(cpu).map(_.seen))
          val changes = states.head +: states.zip(states.tail).collect { case (a, b) if a != b => b }
          val visits = changes.flatten.filter(state => whole.contains(state))
          visits shouldBe whole ++ whole
          changes.last shouldBe None
        }
      }
      "let nobody see a state before all have acknowledged the one before" in {
        // what each CPU was last seen at in this round; one that has gone from RUN or EXIT has acknowledged all
        var seen = Seq.fill(n)((StopState.NONE, true))
        for (moment <- moments) {
          seen = seen.zip(moment.progress).map {
            case (_, Some(p)) => (p.seen, p.acknowledged)
            case ((before, _), None) if before.compareTo(StopState.RUN) >= 0 => (StopState.EXIT, true)
            case (before, None) => before
          }
          val ahead = seen.map(_._1).max
          withClue(s"at cycle ${moment.cycle}: $seen: ") {
            // nobody acknowledges NONE
            val through = seen.map { case (s, done) => if (done || s == StopState.NONE) s.ordinal + 1 else s.ordinal }
            all(through) should be >= ahead.ordinal
          }
          if (moment.progress.forall(_.isEmpty)) seen = Seq.fill(n)((StopState.NONE, true))
        }
      }
      "have irqs off on every CPU from the state that says so until it leaves" in {
        for (moment <- moments; cpu <- moment.cpus; p <- present(cpu.stopProgress)) {
          if (p.seen.compareTo(StopState.DISABLE_IRQ) >= 0) cpu.irqsOn shouldBe false
        }
      }
      "change text only while all are stopped" in {
        var changed = 0
        for (Seq(before, after) <- moments.sliding(2) if after.words != before.words) {
          changed += 1
          withClue(s"before cycle ${after.cycle}: ${after.progress}: ") {
            after.progress.forall(_.exists(_.seen.compareTo(StopState.DISABLE_IRQ) >= 0)) shouldBe true
          }
        }
        changed should be > 50
      }
      "let no guest instruction be executed while all are stopped" in {
        val pairs = moments.sliding(2).collect { case Seq(a, b) if a.stopped && b.stopped => (a, b) }.toSeq
        pairs.size should be > 100
        for ((before, after) <- pairs) after.cpus.map(_.instructions) shouldBe before.cpus.map(_.instructions)
      }
      "give irqs and preemption back" in {
        for (cpu <- moments.last.cpus) {
          cpu.irqsOn shouldBe true
          cpu.preemptCount shouldBe 0
          cpu.pendingInterrupts.asScala shouldBe empty
          cpu.shellBusy shouldBe false
        }
      }
    }
  }

  "Two shells that change the tracer at once" should {
    for (variant <- Healthy; preempt <- Seq("full", "voluntary", "none")) {
      s"take turns under $variant with preempt = $preempt" in {
        val run = simulate(Plan(variant, 4, preempt, script = Some(Seq(
          Typed("100us", 1, EnableLine), Typed("100us", 3, EnableLine), Typed("101us", 2, DisableLine)))))
        run.report.verdict shouldBe stillpoint.kernel.report.Verdict.HEALTHY
        val words = run.machine.shared.sites.sites.size + 1
        // off, on: the second to switch it on finds it on unless it was switched off between them
        run.report.counters.wordsPatched % words shouldBe 0
        run.report.counters.wordsPatched should (be >= words.toLong and be <= 3L * words)
        run.cpus.exists(_.shellBusy) shouldBe false
        run.report.counters.lateStaleFetches shouldBe 0
      }
    }
    "never be taken for dead while one waits for the other's stop_machine" in {
      for (gap <- 0 to 48 by 3) {
        val run = simulate(Plan("delayed-flush", 8, script = Some(Seq(
          Typed("100us", 1, EnableLine), Typed(s"${100 + gap}us", 3, DisableLine)))))
        withClue(s"gap $gap us: ") { run.report.verdict shouldBe stillpoint.kernel.report.Verdict.HEALTHY }
      }
    }
  }
}
