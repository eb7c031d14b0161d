package stillpoint.console

import java.nio.file.{Files, Path}
import java.util.Comparator
import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.ShippedScenarios
import stillpoint.kernel.system.{EmulatedMachine, MachineJudge}
import stillpoint.machine.time.SequentialEngine

/**
 * Goal: a partition in a scenario really cuts a node off, both ways, and changes no digest. Method: a run on three JVM processes; the
 * cut heals while the others still wait for the node, or stays until they and the node itself have given up. Their patience is set
 * for that; nothing is measured.
 */
@RunWith(classOf[JUnitRunner])
class PartitionSpec extends AnyWordSpec with Matchers {
  private val Scenario = "ftrace-numa.conf"
  private val setup = ShippedScenarios.setup(Scenario)
  private lazy val undisturbed = SequentialEngine.run(new EmulatedMachine(setup), new MachineJudge(setup)).digest

  /** What the run of three nodes prints. */
  private def run(patience: String, fault: String, waitFor: Int): Seq[String] = {
    val folder = Files.createTempDirectory("partition")
    val processes = new NodeProcesses(Seq(
      s"akka.cluster.failure-detector.acceptable-heartbeat-pause=$patience",
      "akka.cluster.failure-detector.heartbeat-interval=500ms",
      "akka.cluster.split-brain-resolver.stable-after=2s"))
    try {
      val running = processes.start(
        0, "stillpoint.console.PartitionProcess", Scenario, s"[$fault]", "200000", folder.resolve("c").toString, waitFor.toString)
      val lines = Iterator.continually(running.line()).takeWhile(_ != "done").toSeq
      running.exit() shouldBe 0
      lines
    } finally {
      processes.close()
      val all = Files.walk(folder)
      try all.sorted(Comparator.reverseOrder[Path]).forEach(path => Files.delete(path)) finally all.close()
    }
  }

  "A node that is cut off" should {
    "be missed by nobody when it is heard again before the others have given it up" in {
      val lines = run("60s", "{ kind = partition, node = 2, at = 400us, for = 1500ms }", waitFor = 0)
      withClue(lines.mkString("\n")) {
        lines should contain(s"end $undisturbed 3")
        lines.filter(_.startsWith("said fault 1 cuts node 2 off at ")) should have size 1
        lines should contain("said fault 1: node 2 is cut off no longer")
        lines.filter(_.contains(" lost ")) shouldBe empty
        lines should contain("struck 1 partition node 2 network true")
      }
    }
    "be given up when it is not, and end itself with exit 3, while the others come to the same digest without it" in {
      val lines = run("3s", "{ kind = partition, node = 1, at = 400us, for = 600s }", waitFor = 1)
      withClue(lines.mkString("\n")) {
        lines should contain(s"end $undisturbed 2")
        lines.filter(_.startsWith("said lost ")) should have size 1
        lines.filter(_.startsWith("said going on from the snapshot at cycle ")) should not be empty
        lines should contain("struck 1 partition node 1 network true")
        lines should contain("exit 3")
      }
    }
  }
}
