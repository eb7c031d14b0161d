package stillpoint.actors.snapshot

import scala.collection.mutable.ListBuffer
import scala.util.Random

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.ShippedScenarios
import stillpoint.kernel.report.RunReport
import stillpoint.kernel.system.{EmulatedMachine, MachineJudge, MachineSetup, ReportBuilder}
import stillpoint.machine.time._

/**
 * Goal: whoever goes on from a snapshot comes to the same end as who was never interrupted. Method: each scenario of the tree
 * runs through once while snapshots are taken at cuts that a seed chooses; from each of them a machine and a judge built anew go
 * on, in the plain engine, and must give the whole outcome and the whole report of the run without snapshots.
 */
@RunWith(classOf[JUnitRunner])
class SnapshotSpec extends AnyWordSpec with Matchers {
  private case class Result(outcome: RunOutcome, report: RunReport)

  private class Run(setup: MachineSetup) {
    val machine = new EmulatedMachine(setup)
    val judge = new MachineJudge(setup)
    val snapshots = new CborSnapshots(machine)
    def result(outcome: RunOutcome): Result =
      Result(outcome, new ReportBuilder(machine.shared, judge.ending.get, outcome.finalReports).build())
  }

  private def facts(o: RunOutcome) = (o.digest, o.endCycle, o.lastEventCycle, o.events, o.windows, o.quiescent)

  for (file <- ShippedScenarios.files) {
    file.getFileName.toString should {
      "come to the same end from a snapshot at any cut" in {
        val setup = ShippedScenarios.setup(file)
        val plain = new Run(setup)
        val reference = plain.result(SequentialEngine.run(plain.machine, plain.judge))
        val random = new Random(file.getFileName.toString.hashCode)
        val every = setup.board.cycleAt(1 + random.nextInt(90_000))
        val taken = ListBuffer[MachineSnapshot]()
        val watched = new Run(setup)
        val whole = watched.result(
          SequentialEngine.run(watched.machine, watched.judge, new SnapshotSchedule(every), watched.snapshots, taken.addOne))
        facts(whole.outcome) shouldBe facts(reference.outcome)
        whole.report shouldBe reference.report
        taken should not be empty
        info(s"${taken.size} snapshots of ${taken.map(_.processes.stream.mapToInt(_.length).sum).max} bytes")
        for (snapshot <- random.shuffle(taken.toSeq).take(3)) {
          val fresh = new Run(setup)
          val rest = ListBuffer[MachineSnapshot]()
          val end = fresh.result(
            SequentialEngine.resume(
              fresh.machine, fresh.judge, new SnapshotSchedule(every), fresh.snapshots, snapshot, rest.addOne))
          facts(end.outcome) shouldBe facts(reference.outcome)
          end.report shouldBe reference.report
          rest.map(_.at) shouldBe taken.map(_.at).filter(_.cycle > snapshot.at.cycle)
        }
      }
    }
  }
}
