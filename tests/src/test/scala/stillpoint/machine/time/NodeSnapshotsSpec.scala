package stillpoint.machine.time

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import scala.jdk.CollectionConverters._
import scala.util.Random
import stillpoint.actors.snapshot.CborSnapshots

/**
 * Goal: what nodes there are shows neither in when snapshots are taken nor in what is in them, and a run that goes on from one on
 * other nodes comes to the same end. Method: random models on random nodes in one thread, batches in random order, snapshots at
 * random spans; cuts and bytes against the sequential engine's, then once more from one of them on other nodes.
 */
@RunWith(classOf[JUnitRunner])
class NodeSnapshotsSpec extends AnyWordSpec with Matchers {
  private def facts(o: RunOutcome) = (o.digest, o.finalReports, o.endCycle, o.lastEventCycle, o.events, o.quiescent)

  private def offers(random: Random) =
    Seq.fill(1 + random.nextInt(4))(new Placement.Node((1 + random.nextInt(3)) * 1_000_000, 1 + random.nextInt(3)))

  private def content(some: Seq[MachineSnapshot]) =
    some.map(one => ((one.at.cycle, one.at.nextCutCycle), one.judge.toSeq, one.processes.asScala.map(_.toSeq)))

  "A machine on several nodes" should {
    "be the same in snapshots at the same cuts, and come to the same end from any of them on other nodes" in {
      val random = new Random(21)
      var taken, restored = 0
      for (run <- 0 until 120) {
        val model = BoardsModel.random(random)
        val period = 1L + random.nextInt(4 * model.far.toInt + 1)
        val limit = if (random.nextBoolean()) LogicalProcess.NEVER else 1L + random.nextInt(4000)
        val schedule = new SnapshotSchedule(1L + random.nextInt(600))
        val rarely = random.nextBoolean()
        def judge() = new Judges.Counting(period, limit, if (rarely) 7 else 1)
        val snapshots = new CborSnapshots(model)
        def onNodes(from: Option[MachineSnapshot]) =
          new NodesInOneThread(model, offers(random), random.nextBoolean(), () => judge(), run, schedule, snapshots, from)
        withClue(s"run $run, $model, $schedule, cuts every $period, limit $limit: ") {
          val expected = facts(SequentialEngine.run(model, judge()))
          var plainly = Vector.empty[MachineSnapshot]
          facts(SequentialEngine.run(model, judge(), schedule, snapshots, one => plainly :+= one)) shouldBe expected
          val nodes = onNodes(None)
          facts(nodes.run()) shouldBe expected
          content(nodes.taken) shouldBe content(plainly)
          taken += nodes.taken.size
          if (nodes.taken.nonEmpty) {
            val from = nodes.taken(random.nextInt(nodes.taken.size))
            val others = onNodes(Some(from))
            withClue(s"from $from: ") {
              facts(others.run()) shouldBe expected
              content(others.taken) shouldBe content(plainly.filter(_.at.cycle > from.at.cycle))
            }
            restored += 1
          }
        }
      }
      taken should be > 300
      restored should be > 60
    }
  }
}
