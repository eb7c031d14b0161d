package stillpoint.kernel.ftrace

import scala.jdk.CollectionConverters._
import scala.util.Random

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.kernel.flush.FlushRecord

@RunWith(classOf[JUnitRunner])
class StaleCodeJudgeSpec extends AnyWordSpec with Matchers {
  private val Site = 0x100040L
  private val Nop = 0
  private val Call = 0x0c040242
  private val Other = 0x0c0500aa

  private case class Executed(cycle: Long, word: Int, physical: Long = Site)

  private def store(cycle: Long, old: Int, now: Int, physical: Long = Site) = new PatchStore(cycle, physical, old, now)

  /** As the kernel logs it: once when called, once more when it has returned. */
  private def flush(called: Long, returned: Long, physical: Long = Site, bytes: Long = 8): Seq[FlushRecord] =
    Seq(new FlushRecord(called, FlushRecord.NOT_RETURNED, physical, bytes)) ++
      Option.when(returned != FlushRecord.NOT_RETURNED)(new FlushRecord(called, returned, physical, bytes))

  private def wholeFlush(called: Long, returned: Long): Seq[FlushRecord] =
    flush(called, returned, FlushRecord.WHOLE_CACHE, 0)

  /** (stale, late) of one CPU's executions. */
  private def judge(stores: Seq[PatchStore], flushes: Seq[FlushRecord], executed: Executed*): (Long, Long) = {
    judgeInBatches(stores, flushes, executed, Seq(Long.MaxValue))
  }

  /** The same logs handed over piece by piece: what happened before each of the cycles and was not told yet. */
  private def judgeInBatches(
      stores: Seq[PatchStore],
      flushes: Seq[FlushRecord],
      executed: Seq[Executed],
      untilCycles: Seq[Long]): (Long, Long) = {
    val judge = new StaleCodeJudge
    var from = Long.MinValue
    for (until <- untilCycles) {
      def now(cycle: Long) = cycle >= from && cycle < until
      def logged(flush: FlushRecord) =
        if (flush.returnCycle == FlushRecord.NOT_RETURNED) flush.startCycle else flush.returnCycle
      val log = new ExecutionLog
      executed.filter(one => now(one.cycle)).foreach(one => log.add(one.cycle, one.physical, one.word))
      judge.accept(
        stores.filter(store => now(store.cycle)).asJava,
        flushes.filter(flush => now(logged(flush))).asJava,
        new java.util.TreeMap(Map(Integer.valueOf(0) -> log.drain()).asJava))
      from = until
    }
    (judge.count.stale, judge.count.late)
  }

  private val Fine = (0L, 0L)
  private val Harmless = (1L, 0L)
  private val Late = (1L, 1L)
  private val patch = Seq(store(100, Nop, Call))
  private val flushed = flush(110, 200)

  "An executed word" should {
    "be fine where nobody ever wrote" in {
      judge(Nil, Nil, Executed(50, Nop), Executed(500, Call)) shouldBe Fine
      judge(patch, flushed, Executed(500, Nop, Site + 4)) shouldBe Fine
    }
    "be fine before the store, and at its very cycle" in {
      judge(patch, flushed, Executed(99, Nop), Executed(100, Nop)) shouldBe Fine
    }
    "be fine after the store if it is the new one" in {
      judge(patch, flushed, Executed(101, Call), Executed(1000, Call)) shouldBe Fine
    }
    "be stale, and harmless, while the flush that covers it has not returned" in {
      for (cycle <- Seq(101L, 109L, 110L, 150L, 200L)) judge(patch, flushed, Executed(cycle, Nop)) shouldBe Harmless
    }
    "be late after that flush has returned" in {
      judge(patch, flushed, Executed(201, Nop)) shouldBe Late
    }
    "be late from the first cycle on if no flush was ever called" in {
      judge(patch, Nil, Executed(101, Nop)) shouldBe Late
    }
    "never be late if the flush was called and never returns" in {
      judge(patch, flush(110, FlushRecord.NOT_RETURNED), Executed(1_000_000, Nop)) shouldBe Harmless
    }
    "not be covered by a flush that was called before the store, though it returned after it" in {
      judge(patch, flush(99, 300), Executed(150, Nop)) shouldBe Late
      judge(patch, flush(100, 300), Executed(150, Nop)) shouldBe Harmless
    }
    "be late once the first of several flushes has returned, in whatever order they are logged" in {
      val flushes = flush(110, 400) ++ flush(120, 200) ++ flush(130, 300)
      for (logged <- flushes.permutations) {
        judge(patch, logged, Executed(200, Nop)) shouldBe Harmless
        judge(patch, logged, Executed(201, Nop)) shouldBe Late
      }
    }
    "be covered by a flush of whole caches" in {
      judge(patch, wholeFlush(5000, 6000), Executed(5999, Nop)) shouldBe Harmless
      judge(patch, wholeFlush(5000, 6000), Executed(6001, Nop)) shouldBe Late
    }
    "be covered by a range exactly if it lies in it" in {
      for ((physical, bytes, covers) <- Seq(
          (Site, 4L, true), (Site, 8L, true), (Site - 4, 8L, true), (Site - 4, 4L, false), (Site - 8, 8L, false),
          (Site + 4, 8L, false), (Site - 60, 64L, true), (Site - 64, 64L, false))) {
        val expected = if (covers) Harmless else Late
        withClue(s"$bytes bytes at $physical: ") {
          judge(patch, flush(110, 1000, physical, bytes), Executed(150, Nop)) shouldBe expected
        }
      }
    }
    "be right again when the word was switched back" in {
      val toggled = patch :+ store(300, Call, Nop)
      judge(toggled, flushed, Executed(250, Nop)) shouldBe Late
      judge(toggled, flushed, Executed(301, Nop)) shouldBe Fine
      judge(toggled, flushed ++ flush(310, 400), Executed(350, Call)) shouldBe Harmless
      judge(toggled, flushed ++ flush(310, 400), Executed(401, Call)) shouldBe Late
    }
    "be judged by the store that replaced it, not by a later one" in {
      val twice = patch :+ store(300, Call, Other)
      // the nop was flushed away at 200: a flush that is still under way for the second store excuses nothing
      judge(twice, flushed ++ flush(310, 400), Executed(350, Nop)) shouldBe Late
      judge(twice, flushed ++ flush(310, 400), Executed(350, Call)) shouldBe Harmless
    }
    "be judged by the last time that it was replaced" in {
      val often = patch ++ Seq(store(300, Call, Nop), store(500, Nop, Call))
      val flushes = flushed ++ flush(310, 400) ++ flush(510, 600)
      judge(often, flushes, Executed(550, Nop)) shouldBe Harmless
      judge(often, flushes, Executed(601, Nop)) shouldBe Late
    }
    "be counted each time" in {
      judge(patch, flushed, (101L to 300L).map(Executed(_, Nop)): _*) shouldBe ((200L, 100L))
    }
  }

  "Random histories" should {
    /** The definition, word for word, without any index. */
    def naive(stores: Seq[PatchStore], flushes: Seq[FlushRecord], one: Executed): (Long, Long) = {
      val before = stores.filter(s => s.physical == one.physical && s.cycle < one.cycle).sortBy(_.cycle)
      if (before.isEmpty || before.last.newWord == one.word) Fine
      else {
        val replaced = before.filter(_.oldWord == one.word).lastOption.getOrElse(before.head)
        val covering = flushes.filter { flush =>
          val inside = flush.physical == FlushRecord.WHOLE_CACHE ||
            (flush.physical until flush.physical + flush.bytes).contains(one.physical)
          inside && flush.startCycle >= replaced.cycle
        }
        val late = covering.isEmpty || covering.exists(_.returnCycle < one.cycle)
        (1L, if (late) 1L else 0L)
      }
    }

    "be judged as the definition says" in {
      var seen = Map.empty[(Long, Long), Int].withDefaultValue(0)
      for (seed <- 0 until 400) {
        val random = new Random(seed)
        val words = Seq.tabulate(4)(index => Site + 4 * index)
        // each word goes through a history of its own; no two stores at one cycle
        val stores = words.flatMap { word =>
          val cycles = Seq.fill(random.nextInt(5))(4 * random.nextInt(250) + (word.toInt >> 2 & 3)).distinct.sorted
          val values = Nop +: cycles.map(_ => Seq(Nop, Call, Other)(random.nextInt(3)))
          cycles.indices.map(i => store(cycles(i), values(i), values(i + 1), word))
        }
        val flushes = Seq.fill(random.nextInt(12)) {
          val called = random.nextInt(1000).toLong
          val returned = if (random.nextInt(6) == 0) FlushRecord.NOT_RETURNED else called + random.nextInt(200)
          if (random.nextInt(5) == 0) wholeFlush(called, returned)
          else flush(called, returned, words(random.nextInt(4)) - 4 * random.nextInt(2), 4 * (1 + random.nextInt(4)))
        }.flatten
        val executed = Seq
          .fill(60)(Executed(random.nextInt(1200), Seq(Nop, Call, Other)(random.nextInt(3)), words(random.nextInt(4))))
          .sortBy(_.cycle)
        val expected = executed.map(naive(stores, flushes, _))
        expected.foreach(count => seen = seen.updated(count, seen(count) + 1))
        withClue(s"seed $seed: ") {
          judge(random.shuffle(stores), random.shuffle(flushes), executed: _*) shouldBe
            ((expected.map(_._1).sum, expected.map(_._2).sum))
          executed.zip(expected).foreach { case (one, count) => judge(stores, flushes, one) shouldBe count }
          val cuts = Seq.fill(random.nextInt(6))(random.nextInt(1300).toLong).sorted :+ Long.MaxValue
          judgeInBatches(random.shuffle(stores), random.shuffle(flushes), executed, cuts) shouldBe
            ((expected.map(_._1).sum, expected.map(_._2).sum))
        }
      }
      for (kind <- Seq(Fine, Harmless, Late)) seen(kind) should be > 1000
    }
  }
}
