package stillpoint.machine.time

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner

import stillpoint.machine.time.CutJudge.Cut
import stillpoint.machine.time.WindowRule.{AtCut, Open}

@RunWith(classOf[JUnitRunner])
class WindowRuleSpec extends AnyWordSpec with Matchers {
  private val Never = LogicalProcess.NEVER

  /** Walks a rule of one shard through the given next cycles. */
  private class Walk(lookahead: Long, judge: CutJudge) {
    val rule = new WindowRule(lookahead, judge, 1)
    def next(nextCycle: Long, blockedSince: Long = Never, lastActive: Long = -1): WindowRule.Step = {
      rule.promise(rule.window, 0, new Promise(nextCycle, blockedSince, lastActive))
      rule.next()
    }
  }

  "The window rule" should {
    "open a window of one lookahead from the earliest thing left" in {
      val walk = new Walk(10, Judges.patient())
      walk.next(3) shouldBe new Open(1, 3, 13)
      walk.next(13) shouldBe new Open(2, 13, 23)
    }
    "jump over silence" in {
      val walk = new Walk(10, Judges.patient())
      walk.next(0) shouldBe new Open(1, 0, 10)
      walk.next(20_000_000_000L) shouldBe new Open(2, 20_000_000_000L, 20_000_000_010L)
    }
    "end a window at a cut, and judge the cut once everything left lies at or behind it" in {
      val walk = new Walk(10, new Judges.Recording(25))
      walk.next(0) shouldBe new Open(1, 0, 10)
      walk.next(10) shouldBe new Open(2, 10, 20)
      walk.next(24) shouldBe new Open(3, 24, 25)
      walk.next(25, lastActive = 24) shouldBe new AtCut(new Cut(25, 24, false), false)
      walk.rule.open() shouldBe new Open(4, 25, 35)
    }
    "judge the first cut after the last activity and jump over the others" in {
      val walk = new Walk(10, new Judges.Recording(100))
      walk.next(5) shouldBe new Open(1, 5, 15)
      walk.next(1234, lastActive = 5) shouldBe new AtCut(new Cut(100, 5, false), false)
      walk.rule.open() shouldBe new Open(2, 1234, 1244)
      walk.next(1300, lastActive = 1234) shouldBe new AtCut(new Cut(1300, 1234, false), false)
    }
    "go on without a word at a cut that wants no reports" in {
      val walk = new Walk(10, new Judges.Recording(100, wanted = _.cycle > 100))
      walk.next(95) shouldBe new Open(1, 95, 100)
      walk.next(100) shouldBe new Open(2, 100, 110)
      walk.next(200) shouldBe an[AtCut]
    }
    "tell the judge since when somebody is blocked" in {
      var asked = Vector.empty[Long]
      val judge = new Judges.Recording(10) {
        override def wantsReports(cut: Cut, blockedSince: Long): Boolean = { asked :+= blockedSince; false }
      }
      val walk = new Walk(10, judge)
      walk.next(0)
      walk.next(10, blockedSince = 7)
      walk.next(20)
      asked shouldBe Vector(7, Never)
    }
    "end with a quiescent cut when nothing is left" in {
      val walk = new Walk(10, new Judges.Recording(25))
      walk.next(0) shouldBe new Open(1, 0, 10)
      walk.next(Never, lastActive = 4) shouldBe new AtCut(new Cut(10, 4, true), true)
    }
    "end a machine in which nothing ever happens at cycle 0" in {
      new Walk(10, Judges.patient()).next(Never) shouldBe new AtCut(new Cut(0, -1, true), true)
    }
    "let nothing happen at or after the limit, not even by a jump" in {
      val walk = new Walk(10, Judges.patient(limit = 105))
      walk.next(99) shouldBe new Open(1, 99, 105)
      walk.next(105, lastActive = 104) shouldBe new AtCut(new Cut(105, 104, false), true)
      val jumping = new Walk(10, Judges.patient(limit = 105))
      jumping.next(0)
      jumping.next(5000, lastActive = 0) shouldBe new AtCut(new Cut(105, 0, false), true)
    }
    "not overflow at the end of time" in {
      new Walk(10, Judges.patient()).next(Never - 3) shouldBe new Open(1, Never - 3, Never)
    }
    "wait for every shard and take the earliest promise, in any order of arrival" in {
      for (order <- Seq(0, 1, 2).permutations) {
        val rule = new WindowRule(10, Judges.patient(), 3)
        for (shard <- order) {
          rule.complete shouldBe false
          rule.promise(0, shard, new Promise(100L - shard, Never, -1))
        }
        rule.complete shouldBe true
        rule.next() shouldBe new Open(1, 98, 108)
      }
    }
    "keep the promise of a peer that is one window ahead" in {
      val rule = new WindowRule(10, Judges.patient(), 2)
      rule.promise(0, 0, new Promise(0, Never, -1))
      rule.promise(0, 1, new Promise(5, Never, -1))
      rule.next() shouldBe new Open(1, 0, 10)
      rule.promise(1, 1, new Promise(17, Never, -1))
      rule.complete shouldBe false
      rule.promise(1, 0, new Promise(40, Never, -1))
      rule.next() shouldBe new Open(2, 17, 27)
    }
    "refuse a promise twice, from the past, or from two windows ahead" in {
      val rule = new WindowRule(10, Judges.patient(), 2)
      rule.promise(0, 1, Promise.NONE)
      a[BrokenInvariant] should be thrownBy rule.promise(0, 1, Promise.NONE)
      a[BrokenInvariant] should be thrownBy rule.promise(2, 1, Promise.NONE)
      a[BrokenInvariant] should be thrownBy rule.promise(-1, 1, Promise.NONE)
      a[BrokenInvariant] should be thrownBy rule.next()
    }
    "refuse something left in a window that is over" in {
      val walk = new Walk(10, Judges.patient())
      walk.next(0)
      a[BrokenInvariant] should be thrownBy walk.next(9)
    }
    "refuse a judge whose cuts do not go forward, and a lookahead of nothing" in {
      val stuck = new Judges.Recording(10) { override def nextCutAfter(cycle: Long): Long = cycle }
      a[BrokenInvariant] should be thrownBy new Walk(10, stuck).next(5)
      a[BrokenInvariant] should be thrownBy new WindowRule(0, stuck, 1)
    }
  }
}
