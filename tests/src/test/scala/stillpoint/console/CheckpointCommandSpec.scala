package stillpoint.console

import java.io.{PrintWriter, StringWriter}
import java.nio.file.{Files, Path}
import java.util.{Comparator, List => JavaList}

import scala.jdk.CollectionConverters._

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.console.FakeMachine.{Outcome, root}
import stillpoint.machine.elf.ElfReader

/** `run` with checkpoints, on the real simulator; what is wrong is one line and exit 2. */
@RunWith(classOf[JUnitRunner])
class CheckpointCommandSpec extends AnyWordSpec with Matchers {
  private val scenario = root.resolve("scenarios/ftrace-upstream.conf").toString

  /** One command line on the real simulator, with the repository's guests. */
  private def launch(arguments: String*): Outcome = {
    val out = new StringWriter
    val err = new StringWriter
    val terminal = new Terminal(new PrintWriter(out), new PrintWriter(err), false)
    val services = new Services(new ActorRunner, (name, bytes) => ElfReader.read(name, bytes), JavaList.of(), root)
    Outcome(Stillpoint.run(services, terminal, arguments: _*), out.toString, err.toString)
  }

  private def inFolder(test: Path => Unit): Unit = {
    val folder = Files.createTempDirectory("checkpoints")
    try test(folder)
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

  private def refused(arguments: String*): String = {
    val outcome = launch(arguments: _*)
    withClue(outcome.err) {
      outcome.exit shouldBe 2
      outcome.errLines.filter(_.startsWith("stillpoint: ")) should have size 1
    }
    outcome.out shouldBe empty
    outcome.err
  }

  private def newest(folder: Path): Path = {
    val all = Files.list(folder)
    try all.iterator.asScala.toSeq.maxBy(_.toString)
    finally all.close()
  }

  private def firstPart(checkpoint: Path): Path = {
    val all = Files.list(checkpoint)
    try all.iterator.asScala.filter(_.getFileName.toString.startsWith("part-")).toSeq.minBy(_.toString)
    finally all.close()
  }

  "run" should {
    "print the same document with checkpoints, and from a checkpoint without the scenario's file" in inFolder { folder =>
      val checkpoints = folder.resolve("c").toString
      val plain = document(launch("run", scenario, "--json", "--seed", "9"))
      document(launch(
        "run", scenario, "--json", "--seed", "9", "--checkpoint-every", "70us", "--checkpoint-dir", checkpoints)) shouldBe plain
      Files.list(folder.resolve("c")).count shouldBe 2
      val restored = launch("run", "--restore", checkpoints, "--threads", "2", "--json",
        "--checkpoint-every", "50us", "--checkpoint-dir", checkpoints)
      document(restored) shouldBe plain
      restored.err should include("note: goes on from")
      document(launch("run", scenario, "--seed", "9", "--restore", checkpoints, "--json")) shouldBe plain

      val other = refused("run", scenario, "--seed", "8", "--restore", checkpoints)
      other should (include("is of another scenario (ftrace-upstream, seed 9)") and include("leave SCENARIO"))
      refused("run", "--restore", checkpoints, "--seed", "9") should include("a checkpoint holds its whole scenario")
      refused("run", scenario, "--checkpoint-every", "70us", "--checkpoint-dir", checkpoints) should
        include("holds checkpoints of an earlier run")
      val part = firstPart(newest(folder.resolve("c")))
      val bytes = Files.readAllBytes(part)
      bytes(bytes.length / 2) = (bytes(bytes.length / 2) ^ 1).toByte
      Files.write(part, bytes)
      refused("run", "--restore", checkpoints) should (include(part.toString) and include("is not as it was written"))
    }
    "refuse what cannot be" in inFolder { folder =>
      val there = folder.toString
      refused("run") should include("run needs a SCENARIO, or --restore DIR")
      refused("run", scenario, "--checkpoint-every", "1ms") should include("needs --checkpoint-dir")
      refused("run", scenario, "--checkpoint-dir", there) should include("needs --checkpoint-every")
      refused("run", scenario, "--checkpoint-dir", there, "--checkpoint-every", "100") should include("has no unit")
      refused("run", scenario, "--checkpoint-dir", there, "--checkpoint-every", "often") should include("is not a number with a unit")
      refused("run", scenario, "--checkpoint-dir", there, "--checkpoint-every", "0us") should include("less than a cycle")
      refused("run", scenario, "--checkpoint-dir", there, "--checkpoint-every", "-1ms") should include("is negative")
      refused("run", scenario, "--checkpoint-dir", there, "--checkpoint-every", "1ms", "--reconcile") should include("--reconcile")
      refused("run", "--restore", there) should include("holds no checkpoint")
      refused("run", "--restore", folder.resolve("x").toString) should include("is no folder")
      Files.list(folder).count shouldBe 0
    }
  }
}
