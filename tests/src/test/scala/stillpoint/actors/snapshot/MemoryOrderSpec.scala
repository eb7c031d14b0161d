package stillpoint.actors.snapshot

import scala.collection.mutable.ListBuffer

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.ShippedScenarios
import stillpoint.actors.{RunOptions, Simulation}
import stillpoint.kernel.report.RunReport
import stillpoint.kernel.system.{EmulatedMachine, MachineJudge, MachineSetup, ReportBuilder}
import stillpoint.machine.board.MemoryOrder
import stillpoint.machine.time._

/**
 * Goal: the modelled kernel is right and repeatable while the stores of guest code wait in buffers. Method: scenarios of the tree
 * under tso and pso, buffers small and slow: the verdict is that of sc, one digest on any number of threads, and whoever goes on
 * from a snapshot, buffers and all, comes to the same end.
 */
@RunWith(classOf[JUnitRunner])
class MemoryOrderSpec extends AnyWordSpec with Matchers {
  private def relaxed(setup: MachineSetup, kind: MemoryOrder.Kind) = new MachineSetup(
    setup.board.withMemoryOrder(new MemoryOrder(kind, 3, 400)), setup.kernel, setup.guest, setup.script, setup.seed, setup.settleNanos,
    setup.virtualTimeLimitNanos, setup.stopAtProof, setup.faults, setup.schedule)

  private class Run(setup: MachineSetup) {
    val machine = new EmulatedMachine(setup)
    val judge = new MachineJudge(setup)
    def report(outcome: RunOutcome): RunReport = new ReportBuilder(machine.shared, judge.ending.get, outcome.finalReports).build()
  }

  private def facts(o: RunOutcome) = (o.digest, o.endCycle, o.lastEventCycle, o.events, o.quiescent)

  for (name <- Seq("ftrace-hang-xls.conf", "ftrace-delayed-flush.conf", "fault-cpu-frozen-long.conf"); kind <- Seq(MemoryOrder.Kind.TSO, MemoryOrder.Kind.PSO))
    s"$name under $kind" should {
      "come to the verdict of sc, with one digest, also from a snapshot" in {
        val strict = new Run(ShippedScenarios.setup(name))
        val verdict = strict.report(SequentialEngine.run(strict.machine, strict.judge)).verdict
        val setup = relaxed(ShippedScenarios.setup(name), kind)
        val plain = new Run(setup)
        val reference = SequentialEngine.run(plain.machine, plain.judge)
        plain.report(reference).verdict shouldBe verdict
        val threaded = new Run(setup)
        facts(Simulation.run(threaded.machine, threaded.judge, RunOptions.onThreads(3))) shouldBe facts(reference)

        val saving = new Run(setup)
        val taken = ListBuffer[MachineSnapshot]()
        val schedule = new SnapshotSchedule(Math.max(1, reference.lastEventCycle / 5))
        SequentialEngine.run(saving.machine, saving.judge, schedule, new CborSnapshots(saving.machine), taken.addOne)
        taken should not be empty
        val from = taken(taken.size / 2)
        val resumed = new Run(setup)
        val outcome = SequentialEngine.resume(
          resumed.machine, resumed.judge, SnapshotSchedule.NONE, new CborSnapshots(resumed.machine), from, (_: MachineSnapshot) => ())
        facts(outcome) shouldBe facts(reference)
      }
    }
}
