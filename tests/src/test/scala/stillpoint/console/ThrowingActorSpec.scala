package stillpoint.console

import java.io.{PrintWriter, StringWriter}
import java.nio.file.{Files, Path}
import java.util.{Comparator, List => JavaList}
import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.ShippedScenarios
import stillpoint.actors.Simulation
import stillpoint.actors.cluster.ClusterRuns
import stillpoint.console.FakeMachine.{Outcome, root}
import stillpoint.machine.elf.ElfReader

/**
 * Goal: an actor that throws changes no verdict. Method: the real command line on the real simulator, with a process that throws in
 * the middle of the run, once or again and again: on one node, and on two nodes of a cluster. With checkpoints once is made good, and
 * the document is that of an undisturbed run; whatever is not made good is a broken invariant, exit 5, with the replay line.
 */
@RunWith(classOf[JUnitRunner])
class ThrowingActorSpec extends AnyWordSpec with Matchers {
  import TestMembers._

  private val Scenario = "ftrace-hang-numa.conf"
  private val file = root.resolve("scenarios").resolve(Scenario).toString
  private val Troubled = 37
  private val FromCycle = 160_000L

  /** How the command line is run while a fuse is in. */
  private type Way = (Fuse, Seq[String]) => Outcome

  private def launch(runner: Runner, arguments: Seq[String]): Outcome = {
    val out, err = new StringWriter
    val terminal = new Terminal(new PrintWriter(out), new PrintWriter(err), false)
    val services = new Services(runner, (name, bytes) => ElfReader.read(name, bytes), JavaList.of(), root)
    Outcome(Stillpoint.run(services, terminal, arguments: _*), out.toString, err.toString)
  }

  private val onOneNode: Way = (fuse, arguments) => {
    val engine: ActorRunner.Engine = (model, judge, options, checkpointing) =>
      Simulation.run(fuse.model(model), judge, options, fuse.checkpointing(checkpointing))
    launch(new ActorRunner(engine), "run" +: file +: arguments)
  }

  private val onTwoNodes: Way = (fuse, arguments) => {
    def node(join: ClusterRuns*): ClusterRuns = start("", bytes => fuse.workload(workload(bytes)), join: _*)
    val first = node()
    try {
      val second = node(first)
      try launch(new ActorRunner, Seq("run", file, "--cluster", s"${first.host}:${first.port}", "--nodes", "2") ++ arguments)
      finally second.close()
    } finally first.close()
  }

  private def inFolder(test: Path => Unit): Unit = {
    val folder = Files.createTempDirectory("checkpoints")
    try test(folder.resolve("c"))
    finally {
      val all = Files.walk(folder)
      try all.sorted(Comparator.reverseOrder[Path]).forEach(path => Files.delete(path))
      finally all.close()
    }
  }

  private def document(outcome: Outcome): String = {
    withClue(outcome.err)(outcome.exit shouldBe 0)
    outcome.out.replaceAll("\"wall_ms\":\\d+", "")
  }

  private def digest(outcome: Outcome): String = document(outcome).replaceAll("(?s).*\"digest\":\"([^\"]*)\".*", "$1")

  private def broken(outcome: Outcome): Unit = withClue(outcome.err) {
    outcome.exit shouldBe 5
    outcome.out shouldBe empty
    outcome.errLines.filter(_.startsWith("stillpoint: broken invariant: ")).mkString should include("the fuse has blown")
    outcome.errLines should contain(s"replay: ./stillpoint run $file --seed 42")
  }

  private lazy val undisturbed = onOneNode(new Fuse(Troubled, FromCycle, 0), Seq("--json"))

  for ((where, way) <- Seq("on one node" -> onOneNode, "on two nodes" -> onTwoNodes)) {
    s"An actor that throws $where" should {
      "be made good from the last checkpoint when it throws once" in inFolder { folder =>
        val fuse = new Fuse(Troubled, FromCycle, 1)
        val outcome = way(fuse, Seq("--json", "--checkpoint-every", "20us", "--checkpoint-dir", folder.toString))
        fuse.struck shouldBe 1
        digest(outcome) shouldBe digest(undisturbed)
        if (where == "on one node") document(outcome) shouldBe document(undisturbed)
        else outcome.err should (include("broke an invariant on") and include("once more") and include("going on from the snapshot at cycle"))
      }
      "stop the run with a broken invariant and the replay line when it throws again" in inFolder { folder =>
        val fuse = new Fuse(Troubled, FromCycle, 1000)
        broken(way(fuse, Seq("--json", "--checkpoint-every", "20us", "--checkpoint-dir", folder.toString)))
        fuse.struck shouldBe 2
      }
      "stop it at once without checkpoints" in {
        val fuse = new Fuse(Troubled, FromCycle, 1000)
        broken(way(fuse, Seq("--json")))
        fuse.struck shouldBe 1
      }
    }
  }
}
