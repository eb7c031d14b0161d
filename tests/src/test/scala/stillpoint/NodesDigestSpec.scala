package stillpoint

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner

import scala.util.Random
import stillpoint.kernel.system.{EmulatedMachine, MachineJudge, ReportBuilder}
import stillpoint.machine.time.{NodesInOneThread, Placement, RunOutcome, SequentialEngine}

/**
 * Goal: no scenario's result depends on where its processes are. Method: each scenario of the tree in the sequential engine, and
 * on nodes that a seed chooses, windows and rounds as between JVMs but all in one thread; outcome and report must be equal.
 */
@RunWith(classOf[JUnitRunner])
class NodesDigestSpec extends AnyWordSpec with Matchers {
  private def facts(o: RunOutcome) = (o.digest, o.endCycle, o.lastEventCycle, o.events, o.quiescent)

  for (file <- ShippedScenarios.files) {
    file.getFileName.toString should {
      "come to the same end on any nodes" in {
        val setup = ShippedScenarios.setup(file)
        def on(run: (EmulatedMachine, MachineJudge) => RunOutcome) = {
          val machine = new EmulatedMachine(setup)
          val judge = new MachineJudge(setup)
          val outcome = run(machine, judge)
          (facts(outcome), new ReportBuilder(machine.shared, judge.ending.get, outcome.finalReports).build())
        }
        val expected = on((machine, judge) => SequentialEngine.run(machine, judge))
        val random = new Random(file.getFileName.toString.hashCode)
        val nodes = Seq.fill(2 + random.nextInt(3))(new Placement.Node((1 + random.nextInt(3)) * 1_000_000, 1 + random.nextInt(2)))
        withClue(nodes.mkString("", ", ", ": ")) {
          on { (machine, judge) =>
            var given = false
            def one() = if (given) new MachineJudge(setup) else { given = true; judge }
            new NodesInOneThread(machine, nodes, random.nextBoolean(), () => one(), 1).run()
          } shouldBe expected
        }
      }
    }
  }
}
