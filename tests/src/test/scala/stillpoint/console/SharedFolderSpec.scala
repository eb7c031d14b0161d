package stillpoint.console

import java.io.{PrintWriter, StringWriter}
import java.nio.file.{Files, Path}
import java.util.{Comparator, List => JavaList}
import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import scala.jdk.CollectionConverters._
import stillpoint.actors.checkpoint.{CheckpointError, CheckpointFolder}
import stillpoint.console.FakeMachine.{Outcome, root}
import stillpoint.machine.elf.ElfReader

/** Checkpoints of several nodes go into one folder, or the run is refused before it begins: one line, the node, the path, exit 2. */
@RunWith(classOf[JUnitRunner])
class SharedFolderSpec extends AnyWordSpec with Matchers {
  import TestMembers._

  private def inFolder(test: Path => Unit): Unit = {
    val folder = Files.createTempDirectory("checkpoints")
    try test(folder)
    finally {
      val all = Files.walk(folder)
      try all.sorted(Comparator.reverseOrder[Path]).forEach(path => Files.delete(path))
      finally all.close()
    }
  }

  private def launch(arguments: String*): Outcome = {
    val out, err = new StringWriter
    val terminal = new Terminal(new PrintWriter(out), new PrintWriter(err), false)
    val services = new Services(new ActorRunner, (name, bytes) => ElfReader.read(name, bytes), JavaList.of(), root)
    Outcome(Stillpoint.run(services, terminal, arguments: _*), out.toString, err.toString)
  }

  private def signs(folder: Path): Seq[Path] = {
    val all = Files.list(folder)
    try all.iterator.asScala.filter(_.getFileName.toString.startsWith(".run-")).toSeq
    finally all.close()
  }

  "A folder for checkpoints" should {
    "be known by its sign" in inFolder { folder =>
      val here = folder.resolve("here")
      val sign = CheckpointFolder.sign(here)
      CheckpointFolder.requireShared(here, sign)
      def refusal(path: Path) = (the[CheckpointError] thrownBy CheckpointFolder.requireShared(path, sign)).getMessage
      refusal(folder) should (include(s"--checkpoint-dir $folder is another folder here") and include("one folder for all nodes"))
      refusal(folder.resolve("x")) should include("is not there on this host")
      // a run that was killed leaves its sign, which is in nobody's way
      CheckpointFolder.prepare(here, false)
      CheckpointFolder.unsign(here, sign)
      refusal(here) should include("is another folder here")
      signs(here) shouldBe empty
    }
  }

  "A run on two nodes, one of which has another folder" should {
    "be refused in one line that names node and folder, and leave no sign" in inFolder { folder =>
      val first = start("", workload(_))
      // what is in the other folder under the same path is not there
      val second = start("", { bytes => signs(folder).foreach(path => Files.delete(path)); workload(bytes) }, first)
      try {
        val scenario = root.resolve("scenarios/ftrace-hang-numa.conf").toString
        val outcome = launch("run", scenario, "--cluster", s"${first.host}:${first.port}", "--nodes", "2", "--json",
          "--checkpoint-every", "20us", "--checkpoint-dir", folder.toString)
        withClue(outcome.err)(outcome.exit shouldBe 2)
        outcome.out shouldBe empty
        val line = outcome.errLines.filter(_.startsWith("stillpoint: "))
        line should have size 1
        line.head should fullyMatch regex s"stillpoint: node 127\\.0\\.0\\.1:\\d+: --checkpoint-dir $folder is another folder here than .*"
        val left = Files.list(folder)
        try left.count shouldBe 0 finally left.close()
      } finally {
        second.close()
        first.close()
      }
    }
  }
}
