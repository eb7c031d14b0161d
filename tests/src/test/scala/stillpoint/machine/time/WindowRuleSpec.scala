package stillpoint.machine.time

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner

import stillpoint.machine.time.CutJudge.Cut
import stillpoint.machine.time.NodeRule.{AtCut, Run}
import stillpoint.machine.time.WindowRule.{AtEdge, Open}

@RunWith(classOf[JUnitRunner])
class WindowRuleSpec extends AnyWordSpec with Matchers {
  private val Never = LogicalProcess.NEVER

  private def promise(nextCycle: Long) = new Promise(nextCycle, Never, -1)

  /** Walks a rule of one shard through the given next cycles. */
  private class Walk(lookahead: Long, edge: Long) {
    val rule = new WindowRule(lookahead, 1)
    next(0) shouldBe new AtEdge(promise(0))
    rule.extend(edge)
    def next(nextCycle: Long): WindowRule.Step = {
      rule.promise(rule.window, 0, promise(nextCycle))
      rule.next()
    }
  }

  /** The same for the rounds of one node alone. */
  private class Rounds(judge: CutJudge) {
    val rule: NodeRule = NodeRule.alone(judge, SnapshotSchedule.NONE)
    def next(nextCycle: Long, blockedSince: Long = Never, lastActive: Long = -1): NodeRule.Step = {
      rule.promise(rule.round, 0, new Promise(nextCycle, blockedSince, lastActive))
      rule.next()
    }
  }

  "The window rule" should {
    "open a window of one lookahead from the earliest thing left" in {
      val walk = new Walk(10, Never)
      walk.next(3) shouldBe new Open(2, 3, 13)
      walk.next(13) shouldBe new Open(3, 13, 23)
      walk.rule.openedCount shouldBe 2
    }
    "jump over silence" in {
      val walk = new Walk(10, Never)
      walk.next(0) shouldBe new Open(2, 0, 10)
      walk.next(20_000_000_000L) shouldBe new Open(3, 20_000_000_000L, 20_000_000_010L)
    }
    "end a window at the edge, and wait there until it is extended" in {
      val walk = new Walk(10, 25)
      walk.next(3) shouldBe new Open(2, 3, 13)
      walk.next(20) shouldBe new Open(3, 20, 25)
      walk.next(30) shouldBe new AtEdge(promise(30))
      walk.rule.extend(100)
      walk.next(26) shouldBe new Open(5, 26, 36)
      a[BrokenInvariant] should be thrownBy walk.rule.extend(99)
    }
    "not overflow at the end of time" in {
      new Walk(10, Never).next(Never - 3) shouldBe new Open(2, Never - 3, Never)
    }
    "wait for every shard and take the earliest promise, in any order of arrival" in {
      for (order <- Seq(0, 1, 2).permutations) {
        val rule = new WindowRule(10, 3)
        for (number <- 0 to 1) {
          for (shard <- order) {
            rule.complete shouldBe false
            rule.promise(number, shard, promise(100L - shard))
          }
          rule.complete shouldBe true
          rule.next() shouldBe (if (number == 0) new AtEdge(promise(98)) else new Open(2, 98, 108))
          if (number == 0) rule.extend(500)
        }
      }
    }
    "keep the promise of a peer that is one window ahead" in {
      val rule = new WindowRule(10, 2)
      rule.promise(0, 0, promise(0))
      rule.promise(0, 1, promise(5))
      rule.next() shouldBe new AtEdge(promise(0))
      rule.extend(1000)
      rule.promise(1, 0, promise(0))
      rule.promise(1, 1, promise(5))
      rule.next() shouldBe new Open(2, 0, 10)
      rule.promise(2, 1, promise(17))
      rule.complete shouldBe false
      rule.promise(2, 0, promise(40))
      rule.next() shouldBe new Open(3, 17, 27)
    }
    "refuse a promise twice, from the past, or from two windows ahead" in {
      val rule = new WindowRule(10, 2)
      rule.promise(0, 1, Promise.NONE)
      a[BrokenInvariant] should be thrownBy rule.promise(0, 1, Promise.NONE)
      a[BrokenInvariant] should be thrownBy rule.promise(2, 1, Promise.NONE)
      a[BrokenInvariant] should be thrownBy rule.promise(-1, 1, Promise.NONE)
      a[BrokenInvariant] should be thrownBy rule.next()
    }
    "let a shard open windows of its own up to the horizon, where shards are further apart" in {
      val rule = new WindowRule(10, 35, 2)
      def exchange(first: Long, second: Long): WindowRule.Step = {
        rule.promise(rule.window, 0, promise(first))
        rule.promise(rule.window, 1, promise(second))
        rule.next()
      }
      rule.further(0) shouldBe null
      exchange(0, 5) shouldBe new AtEdge(promise(0))
      rule.extend(100)
      rule.further(0) shouldBe null
      exchange(0, 5) shouldBe new Open(2, 0, 10)
      rule.further(12) shouldBe new Open(2, 12, 22)
      rule.further(30) shouldBe new Open(2, 30, 35)
      rule.further(35) shouldBe null
      exchange(90, 80) shouldBe new Open(3, 80, 90)
      // not beyond the edge
      rule.further(95) shouldBe new Open(3, 95, 100)
      rule.further(1000) shouldBe null
      exchange(1000, 100) shouldBe new AtEdge(promise(100))
      rule.openedCount shouldBe 5
    }
    "hold nobody up where no link joins shards" in {
      val rule = new WindowRule(10, Never, 1)
      rule.promise(0, 0, promise(0))
      rule.next()
      rule.extend(Never)
      rule.promise(1, 0, promise(0))
      rule.next() shouldBe new Open(2, 0, 10)
      rule.further(1000) shouldBe new Open(2, 1000, 1010)
      rule.further(Never) shouldBe null
    }
    "refuse something left behind a shard's own window, and shards nearer than the lookahead" in {
      val rule = new WindowRule(10, 35, 1)
      rule.promise(0, 0, promise(0))
      rule.next()
      rule.extend(100)
      rule.promise(1, 0, promise(0))
      rule.next()
      rule.further(12)
      a[BrokenInvariant] should be thrownBy rule.further(21)
      a[BrokenInvariant] should be thrownBy new WindowRule(10, 9, 2)
    }
    "refuse something left in a window that is over, and a lookahead of nothing" in {
      val walk = new Walk(10, Never)
      walk.next(0)
      a[BrokenInvariant] should be thrownBy walk.next(9)
      a[BrokenInvariant] should be thrownBy new WindowRule(0, 1)
    }
  }

  "The rule of rounds, for one node alone," should {
    "run to the next cut, and judge it once everything left lies at or behind it" in {
      val rounds = new Rounds(new Judges.Recording(25))
      rounds.next(0) shouldBe new Run(1, 25, 0)
      rounds.next(25, lastActive = 24) shouldBe new AtCut(new Cut(25, 24, false), false)
      rounds.rule.goOn() shouldBe new Run(2, 50, 1)
    }
    "judge the first cut after the last activity and jump over the others" in {
      val rounds = new Rounds(new Judges.Recording(100))
      rounds.next(5) shouldBe new Run(1, 100, 0)
      rounds.next(1234, lastActive = 5) shouldBe new AtCut(new Cut(100, 5, false), false)
      rounds.rule.goOn() shouldBe new Run(2, 1300, 1)
      rounds.next(1300, lastActive = 1234) shouldBe new AtCut(new Cut(1300, 1234, false), false)
    }
    "go on without a word at a cut that wants no reports" in {
      val rounds = new Rounds(new Judges.Recording(100, wanted = _.cycle > 100))
      rounds.next(95) shouldBe new Run(1, 100, 0)
      rounds.next(100) shouldBe new Run(2, 200, 1)
      rounds.next(200) shouldBe an[AtCut]
    }
    "tell the judge since when somebody is blocked" in {
      var asked = Vector.empty[Long]
      val judge = new Judges.Recording(10) {
        override def wantsReports(cut: Cut, blockedSince: Long): Boolean = { asked :+= blockedSince; false }
      }
      val rounds = new Rounds(judge)
      rounds.next(0)
      rounds.next(10, blockedSince = 7)
      rounds.next(20)
      asked shouldBe Vector(7, Never)
    }
    "end with a quiescent cut behind the last thing that happened when nothing is left" in {
      val rounds = new Rounds(new Judges.Recording(25))
      rounds.next(0) shouldBe new Run(1, 25, 0)
      rounds.next(Never, lastActive = 4) shouldBe new AtCut(new Cut(5, 4, true), true)
    }
    "end a machine in which nothing ever happens at cycle 0" in {
      new Rounds(Judges.patient()).next(Never) shouldBe new AtCut(new Cut(0, -1, true), true)
    }
    "let nothing happen at or after the limit, not even by a jump" in {
      val rounds = new Rounds(Judges.patient(limit = 105))
      rounds.next(99) shouldBe new Run(1, 105, 0)
      rounds.next(105, lastActive = 104) shouldBe new AtCut(new Cut(105, 104, false), true)
      val jumping = new Rounds(Judges.patient(limit = 105))
      jumping.next(0)
      jumping.next(5000, lastActive = 0) shouldBe new AtCut(new Cut(105, 0, false), true)
    }
    "refuse something left in a round that is over, and a judge whose cuts do not go forward" in {
      val rounds = new Rounds(Judges.patient(limit = 100))
      rounds.next(0)
      a[BrokenInvariant] should be thrownBy rounds.next(99)
      val stuck = new Judges.Recording(10) { override def nextCutAfter(cycle: Long): Long = cycle }
      a[BrokenInvariant] should be thrownBy new Rounds(stuck).next(5)
    }
  }
}
