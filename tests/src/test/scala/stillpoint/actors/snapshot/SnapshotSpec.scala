package stillpoint.actors.snapshot

import java.util.Optional

import scala.collection.mutable.ListBuffer
import scala.jdk.CollectionConverters._
import scala.util.Random

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.ShippedScenarios
import stillpoint.actors.{RunOptions, Simulation}
import stillpoint.kernel.report.RunReport
import stillpoint.kernel.system.{EmulatedMachine, MachineJudge, MachineSetup, ReportBuilder}
import stillpoint.machine.time._

/**
 * Goal: whoever goes on from a snapshot comes to the same end as who was never interrupted, and a snapshot is the same bytes
 * however the run was carried. Method: each scenario of the tree runs through once without snapshots and
 * once with them, on actors and in the plain engine, at cuts that a seed chooses; from some of them a machine and a judge built
 * anew go on, on another number of threads, and must give the whole outcome and the whole report of the first run.
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

  /** Without the windows: how many there are depends on the threads, where these carry boards that are far apart. */
  private def facts(o: RunOutcome) = (o.digest, o.endCycle, o.lastEventCycle, o.events, o.quiescent)

  private def sameEnd(one: Result, reference: Result): Unit = {
    facts(one.outcome) shouldBe facts(reference.outcome)
    one.report shouldBe reference.report
  }

  private def sequentially(setup: MachineSetup, schedule: SnapshotSchedule, from: Option[RestorePoint]) = {
    val run = new Run(setup)
    val taken = ListBuffer[MachineSnapshot]()
    val outcome = from.fold(SequentialEngine.run(run.machine, run.judge, schedule, run.snapshots, taken.addOne))(
      SequentialEngine.resume(run.machine, run.judge, schedule, run.snapshots, _, taken.addOne))
    (run.result(outcome), taken.toSeq)
  }

  private def onActors(setup: MachineSetup, threads: Int, schedule: SnapshotSchedule, from: Option[RestorePoint]) = {
    val run = new Run(setup)
    val store = new MemoryStore
    val checkpointing = new Checkpointing(schedule, store, run.snapshots, Optional.ofNullable(from.orNull))
    val outcome = Simulation.run(run.machine, run.judge, RunOptions.onThreads(threads), checkpointing)
    (run.result(outcome), store.taken)
  }

  private def sameBytes(some: Seq[MachineSnapshot], others: Seq[MachineSnapshot]): Unit = {
    def cuts(all: Seq[MachineSnapshot]) = all.map(one => (one.at.cycle, one.at.nextCutCycle))
    cuts(some) shouldBe cuts(others)
    for ((one, other) <- some.zip(others)) {
      one.judge.toSeq shouldBe other.judge.toSeq
      one.processes.size shouldBe other.processes.size
      val differing = one.processes.asScala.zip(other.processes.asScala).indexWhere { case (a, b) => !a.sameElements(b) }
      withClue(s"process at cycle ${one.at.cycle}: ")(differing shouldBe -1)
    }
  }

  for (file <- ShippedScenarios.files) {
    file.getFileName.toString should {
      "come to the same end from a snapshot at any cut, on any number of threads" in {
        val setup = ShippedScenarios.setup(file)
        val random = new Random(file.getFileName.toString.hashCode)
        val reference = onActors(setup, 1, SnapshotSchedule.NONE, None)._1
        // the plain engine asks everybody in every window: the long scenarios do without it
        val briefly = reference.outcome.windows < 10_000
        val most = Math.min(reference.outcome.lastEventCycle / 4, 120_000)
        val schedule = new SnapshotSchedule(1 + random.nextLong(most))

        val (whole, taken) = onActors(setup, 1, schedule, None)
        sameEnd(whole, reference)
        taken should not be empty
        if (briefly) {
          val (plain, takenPlainly) = sequentially(setup, schedule, None)
          sameEnd(plain, reference)
          sameBytes(takenPlainly, taken)
        }
        val chosen = random.shuffle(taken).take(if (briefly) 2 else 1)
        for ((from, plainly) <- chosen.zip(Seq(briefly, false))) {
          val (end, rest) =
            if (plainly) sequentially(setup, schedule, Some(from)) else onActors(setup, 1 + random.nextInt(2), schedule, Some(from))
          sameEnd(end, reference)
          // what follows was made from what was restored: restoring lost nothing that goes into a snapshot
          sameBytes(rest, taken.filter(_.at.cycle > from.at.cycle))
        }
        // and at once, before anything happens
        val fresh = new Run(setup)
        for ((bytes, id) <- chosen.head.processes.asScala.zipWithIndex) {
          val process = fresh.machine.create(id)
          val state = fresh.snapshots.load(bytes, process)
          withClue(fresh.machine.nameOf(id))(fresh.snapshots.save(state, process).toSeq shouldBe bytes.toSeq)
        }
        fresh.snapshots.load(chosen.head.judge, fresh.judge)
        fresh.snapshots.save(fresh.judge).toSeq shouldBe chosen.head.judge.toSeq
      }
    }
  }
}
