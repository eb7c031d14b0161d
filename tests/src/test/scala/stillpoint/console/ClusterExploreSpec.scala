package stillpoint.console

import java.io.{PrintWriter, StringWriter}
import java.nio.file.{Files, Path}

import scala.jdk.CollectionConverters._

import com.fasterxml.jackson.databind.ObjectMapper
import com.fasterxml.jackson.databind.node.ObjectNode
import org.junit.runner.RunWith
import org.scalatest.BeforeAndAfterAll
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.console.FakeMachine.{write, Outcome}

/**
 * Goal: where runs are made changes none, and a lost node loses none. Method: nodes in processes of their own, and one that explores;
 * results are those of one JVM, line by line, when all goes well, when a node is killed in the middle, when all are, and when the
 * exploring process is told to stop. The cluster's patience is seconds here; nothing is measured.
 */
@RunWith(classOf[JUnitRunner])
class ClusterExploreSpec extends AnyWordSpec with Matchers with BeforeAndAfterAll {
  private val Patience = Seq(
    "akka.cluster.failure-detector.acceptable-heartbeat-pause=3s",
    "akka.cluster.failure-detector.heartbeat-interval=500ms",
    "akka.cluster.split-brain-resolver.stable-after=2s",
    s"stillpoint.home=${FakeMachine.root}")

  private val protocol = write(
    """machine { board = generic, cpus = 4 }
      |kernel { variant = upstream }
      |guest { elf = "guest/functions.elf", run-on = none }
      |script = [
      |  { at = 10us, on = 0, run = "modprobe test_tlb_shootdown target=1 unlock=after gap=100ns" }
      |  { at = 25us, on = 1, run = "modprobe test_lock_user irqs=off" }
      |]
      |limits { virtual-time = 1s, settle = 10us }
      |""".stripMargin)

  private val processes = new NodeProcesses(Patience)
  override def afterAll(): Unit = processes.close()

  private lazy val founder = { val node = processes.founder(); node.name; node }
  private lazy val other = { val node = processes.join(Seq(founder)); node.name; node }

  private def folder(): Path = Files.createTempDirectory("explored").resolve("out")

  private def exploring(out: Path, options: String*) = processes.start(0, "stillpoint.console.Main",
    Seq("explore", protocol, "--cluster", founder.name, "--wait", "120s", "--threads", "1", "--json", "--out", out.toString) ++ options: _*)

  /** The results, each once; a line that is being written is none. */
  private def lines(folder: Path): Seq[String] = {
    val file = folder.resolve("results.jsonl")
    if (!Files.exists(file)) Seq.empty
    else {
      val text = Files.readString(file)
      text.substring(0, text.lastIndexOf('\n') + 1).linesIterator.toSeq.drop(1)
    }
  }

  /** Above all numbers of runs that are there. */
  private def next(folder: Path): Long = numbers(folder).max + 1

  private def numbers(folder: Path): Seq[Long] = lines(folder).map(_.stripPrefix("{\"run\":").takeWhile(_ != ',').toLong)

  private def await(what: => Boolean): Unit = while (!what) Thread.sleep(20)

  private def launch(arguments: String*): Outcome = {
    val out, err = new StringWriter
    val exit = Stillpoint.run(
      Wiring.services(FakeMachine.root), new Terminal(new PrintWriter(out), new PrintWriter(err), false), arguments: _*)
    Outcome(exit, out.toString, err.toString)
  }

  private def alone(seeds: Long): (Path, Outcome) = {
    val out = folder()
    (out, launch("explore", protocol, "--seeds", seeds.toString, "--json", "--out", out.toString))
  }

  /** A summary without its folder and time. */
  private def document(text: String): String = {
    val all = new ObjectMapper().readTree(text).asInstanceOf[ObjectNode]
    val folder = all.get("folder").asText
    all.remove(java.util.List.of("wall_ms", "folder"))
    all.toPrettyString.replace(folder, "OUT")
  }

  "An exploration over two nodes" should {
    "come to what one JVM comes to: results, summary and replay files" in {
      other
      val (expected, outcome) = alone(600)
      val out = folder()
      val run = exploring(out, "--nodes", "2", "--seeds", "600")
      document(run.line()) shouldBe document(outcome.out)
      run.exit() shouldBe 1
      lines(out) should have size 600
      lines(out).sorted shouldBe lines(expected).sorted
      def files(of: Path) = Files.list(of).iterator.asScala.filter(_.toString.endsWith(".replay")).toSeq.sorted
      files(out).map(_.getFileName) shouldBe files(expected).map(_.getFileName)
      files(out).map(Files.readString(_)) shouldBe files(expected).map(Files.readString(_))
    }
    "keep the cluster to itself, and leave it free when it is told to stop" in {
      val out = folder()
      val run = exploring(out, "--nodes", "2", "--minutes", "10")
      await(lines(out).size > 100)
      val second = exploring(folder(), "--seeds", "1")
      second.exit() shouldBe 3
      val machine = processes.start(0, "stillpoint.console.Main", "run", protocol, "--cluster", founder.name, "--nodes", "2", "--json")
      machine.exit() shouldBe 3
      run.signal("TERM")
      run.line() should include("\"stopped\":true")
      run.exit() shouldBe 143
      val more = next(out) + 50
      exploring(out, "--seeds", more.toString, "--resume").exit() shouldBe 1
      numbers(out).sorted shouldBe (0L until more)
      processes.start(0, "stillpoint.console.Main", "run", protocol, "--cluster", founder.name, "--nodes", "2", "--json").exit() shouldBe 0
    }
    "lose nothing when a node is killed in the middle" in {
      val seeds = 6000L
      val (expected, _) = alone(seeds)
      val out = folder()
      val run = exploring(out, "--nodes", "2", "--seeds", seeds.toString)
      await(lines(out).size > 200)
      val victim = Seq(founder, other).maxBy(_.port) // the one that is left has the majority
      victim.signal("KILL")
      lines(out).size.toLong should be < seeds
      run.exit() shouldBe 1
      lines(out).sorted shouldBe lines(expected).sorted
    }
    "end with exit 3 when all are killed, and go on in one JVM from what was found" in {
      val out = folder()
      val left = Seq(founder, other).minBy(_.port)
      val run = processes.start(0, "stillpoint.console.Main", "explore", protocol, "--cluster", left.name, "--wait", "120s",
        "--threads", "1", "--json", "--out", out.toString, "--nodes", "1", "--minutes", "10")
      await(lines(out).size > 100)
      left.signal("KILL")
      run.line() should include("\"stopped\":true")
      run.exit() shouldBe 3
      val more = next(out) + 300
      launch("explore", protocol, "--seeds", more.toString, "--resume", "--out", out.toString).exit shouldBe 1
      lines(out).sorted shouldBe lines(alone(more)._1).sorted
    }
  }
}
