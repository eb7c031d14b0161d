package stillpoint.console

import java.io.{PrintWriter, StringWriter}
import java.nio.file.{Files, Path}
import java.util.{Comparator, List => JavaList}
import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import scala.jdk.CollectionConverters._
import scala.util.Random
import stillpoint.console.FakeMachine.{Outcome, root}
import stillpoint.machine.elf.ElfReader

/**
 * Goal: a run outlives all its nodes. Method: the real command line in processes of its own, `run --nodes 3` with checkpoints; at a
 * moment that a seed chooses every one of them is killed with a real signal; `run --restore` then goes on from disk on other numbers
 * of nodes, and must print what the run prints that nobody disturbed.
 */
@RunWith(classOf[JUnitRunner])
class AllNodesLostSpec extends AnyWordSpec with Matchers {
  private val random = new Random(3)
  private val file = root.resolve("scenarios/ftrace-numa.conf").toString

  private def launch(arguments: String*): Outcome = {
    val out, err = new StringWriter
    val terminal = new Terminal(new PrintWriter(out), new PrintWriter(err), false)
    val services = new Services(new ActorRunner, (name, bytes) => ElfReader.read(name, bytes), JavaList.of(), root)
    Outcome(Stillpoint.run(services, terminal, arguments: _*), out.toString, err.toString)
  }

  /** But for what says who carried the run, and how fast. */
  private def document(outcome: Outcome): String = {
    withClue(outcome.err)(outcome.exit shouldBe 0)
    outcome.out.replaceAll("\"(wall_ms|nodes|windows|remote_batches)\":\\d+", "")
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

  /** The cycle of the newest whole checkpoint. */
  private def newest(folder: Path): Long =
    Option(folder.toFile.listFiles).toSeq.flatten.filter(_.toPath.resolve("manifest.json").toFile.exists)
      .map(_.getName.takeRight(19).toLong).maxOption.getOrElse(-1L)

  "A run on three nodes that are all killed" should {
    "go on from disk on one node and on two, and end as if nothing had happened" in inFolder { folder =>
      val undisturbed = document(launch("run", file, "--json"))
      val processes = new NodeProcesses(Seq(s"stillpoint.home=$root"))
      try {
        val moment = 200_000L * (1 + random.nextInt(25))
        val run = processes.start(0, "stillpoint.console.Main", "run", file, "--nodes", "3", "--wait", "240s", "--json",
          "--checkpoint-every", "200us", "--checkpoint-dir", folder.toString)
        while (run.isAlive && newest(folder) < moment) Thread.sleep(5)
        val all = run.process.toHandle.descendants.iterator.asScala.toSeq :+ run.process.toHandle
        all should have size 3
        random.shuffle(all).foreach(_.destroyForcibly())
        run.exit() shouldBe 137
        all.foreach(_.onExit.join())
      } finally processes.close()
      info(s"killed at cycle ${newest(folder)}")

      for (nodes <- Seq(2, 1)) {
        val restored = launch("run", "--restore", folder.toString, "--nodes", nodes.toString, "--wait", "240s", "--json")
        withClue(s"$nodes nodes: ")(document(restored) shouldBe undisturbed)
        restored.err should include("note: goes on from")
      }
    }
  }
}
