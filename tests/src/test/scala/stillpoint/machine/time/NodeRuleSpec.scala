package stillpoint.machine.time

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner

import scala.util.Random

/**
 * Goal: what nodes there are changes no result. Method: random models with short and long links on random nodes, batches that
 * arrive in random order, against the sequential engine: outcome and every cut must be equal, whether or not rounds overlap.
 */
@RunWith(classOf[JUnitRunner])
class NodeRuleSpec extends AnyWordSpec with Matchers {
  private def facts(o: RunOutcome) = (o.digest, o.finalReports, o.endCycle, o.lastEventCycle, o.events, o.quiescent)

  private def offers(random: Random) =
    Seq.fill(1 + random.nextInt(4))(new Placement.Node((1 + random.nextInt(3)) * 1_000_000, 1 + random.nextInt(3)))

  "A machine on several nodes" should {
    "come to the sequential engine's cuts and outcome, whatever the nodes and whoever is quicker" in {
      val random = new Random(20)
      for (run <- 0 until 300) {
        val model = BoardsModel.random(random)
        val period = 1 + random.nextInt(4 * model.far.toInt + 1)
        val limit = if (random.nextBoolean()) LogicalProcess.NEVER else 1L + random.nextInt(2000)
        val nodes = offers(random)
        val overlap = random.nextBoolean()
        def judge() = new Judges.Recording(period, limit, wanted = _.cycle % 3 != 0)
        withClue(s"run $run, $model, $nodes, overlap $overlap, cuts every $period, limit $limit: ") {
          val alone = judge()
          val expected = facts(SequentialEngine.run(model, alone))
          var judged = Option.empty[Judges.Recording]
          def first() = { val one = judge(); if (judged.isEmpty) judged = Some(one); one }
          facts(new NodesInOneThread(model, nodes, overlap, () => first(), run).run()) shouldBe expected
          judged.get.judged shouldBe alone.judged
        }
      }
    }
    "go on for whole crossing latencies between exchanges, not for the short ones" in {
      val model = BoardsModel(2, 8, near = 10, far = 5000, seed = 3, throwsEach = 300, silence = 1)
      val nodes = Seq.fill(2)(new Placement.Node(Placement.Node.UNLIMITED, 1))
      def rounds(overlap: Boolean) = {
        val engine = new NodesInOneThread(model, nodes, overlap, () => Judges.patient(), 1)
        val outcome = engine.run()
        outcome.lastEventCycle.toDouble / engine.rounds
      }
      rounds(overlap = false) should be > 4000.0
      rounds(overlap = true) should be > 2000.0
    }
    "jump over silence in one exchange or two" in {
      val model = BoardsModel(2, 1, near = 10, far = 20, seed = 1, throwsEach = 3, silence = 20_000_000)
      for (overlap <- Seq(false, true)) {
        val engine = new NodesInOneThread(model, Seq.fill(2)(new Placement.Node(Placement.Node.UNLIMITED, 1)), overlap, () => Judges.patient(), 1)
        val outcome = engine.run()
        outcome.lastEventCycle should be > 1_000_000L
        engine.rounds should be < 100L
      }
    }
  }

  "The rule of rounds" should {
    val never = LogicalProcess.NEVER
    "let a round go half the crossing latency and need only the batches of the round before, when rounds overlap" in {
      val rule = new NodeRule(2, 100, true, Judges.patient(), SnapshotSchedule.NONE)
      rule.promise(0, 0, new Promise(0, never, -1))
      rule.ready shouldBe false
      rule.promise(0, 1, new Promise(7, never, -1))
      rule.next() shouldBe new NodeRule.Run(1, 50, 0)
      rule.promise(1, 0, new Promise(50, never, -1))
      rule.next() shouldBe new NodeRule.Run(2, 100, 0)
      rule.promise(2, 0, new Promise(100, never, -1))
      rule.ready shouldBe false
      rule.promise(1, 1, new Promise(53, never, -1))
      rule.next() shouldBe new NodeRule.Run(3, 150, 1)
    }
    "refuse a promise twice, from the past, or from too far ahead" in {
      val rule = new NodeRule(2, 100, true, Judges.patient(), SnapshotSchedule.NONE)
      rule.promise(0, 1, new Promise(7, never, -1))
      a[BrokenInvariant] should be thrownBy rule.promise(0, 1, new Promise(7, never, -1))
      a[BrokenInvariant] should be thrownBy rule.promise(3, 1, new Promise(7, never, -1))
      a[BrokenInvariant] should be thrownBy rule.promise(-1, 1, new Promise(7, never, -1))
    }
  }
}
