package stillpoint.console

import java.io.{PrintWriter, StringWriter}
import java.nio.file.{Files, Path}

import scala.jdk.CollectionConverters._
import scala.util.Random

import com.fasterxml.jackson.databind.{JsonNode, ObjectMapper}
import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.console.FakeMachine.{write, Outcome}

/** {@code explore} and {@code replay} as a person meets them, on the real simulator. */
@RunWith(classOf[JUnitRunner])
class ExploreCommandSpec extends AnyWordSpec with Matchers {
  private val services = Wiring.services(FakeMachine.root)

  private def launch(arguments: String*): Outcome = {
    val out = new StringWriter
    val err = new StringWriter
    val exit = Stillpoint.run(services, new Terminal(new PrintWriter(out), new PrintWriter(err), false), arguments: _*)
    Outcome(exit, out.toString, err.toString)
  }

  private def refused(arguments: String*): String = {
    val outcome = launch(arguments: _*)
    withClue(arguments.mkString(" ") + " printed " + outcome) {
      outcome.exit shouldBe 2
      outcome.out shouldBe empty
      outcome.errLines should have size 1
    }
    outcome.err
  }

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

  private def folder(): Path = Files.createTempDirectory("explored").resolve("out")

  private def json(outcome: Outcome): JsonNode = new ObjectMapper().readTree(outcome.out)

  private def lines(folder: Path): Seq[String] = Files.readAllLines(folder.resolve("results.jsonl")).asScala.toSeq

  private lazy val explored = {
    val out = folder()
    val outcome = launch("explore", protocol, "--seeds", "120", "--shrink", "--json", "--threads", "2", "--out", out.toString)
    (out, outcome)
  }

  private def fileOf(which: String): String = json(explored._2).get("causes").asScala.map(_.path(which).path("file").asText).find(_.nonEmpty).get

  "An exploration" should {
    "find what the undisturbed run does not show, and say so in one document and exit 1" in {
      val (_, outcome) = explored
      outcome.exit shouldBe 1
      val document = json(outcome)
      document.get("runs").asLong shouldBe 120
      val causes = document.get("causes").asScala.toSeq
      causes.map(_.get("verdict").asText).toSet shouldBe Set("healthy", "deadlock")
      causes.map(_.get("runs").asLong).sum shouldBe 120
      causes.count(_.has("first")) shouldBe 1
    }
    "shrink it to one decision on two CPUs" in {
      val (_, outcome) = explored
      json(outcome).get("causes").asScala.map(_.path("shrunk").path("decisions").asLong(-1)).max shouldBe 1
      val text = Files.readString(Path.of(fileOf("shrunk")))
      text should include("cpus = 2")
      outcome.err should include("no single part can go")
    }
    "make the same runs on any number of threads, and go on where it was stopped" in {
      val whole = lines(explored._1)
      val parts = folder()
      val arguments = Seq("explore", protocol, "--threads", "1", "--out", parts.toString)
      launch(arguments ++ Seq("--seeds", "30"): _*).exit should (be(0) or be(1))
      // as if the process had been killed while it wrote
      Files.writeString(parts.resolve("results.jsonl"), "{\"run\":29,\"verd", java.nio.file.StandardOpenOption.APPEND)
      launch(arguments ++ Seq("--seeds", "120", "--resume"): _*).exit shouldBe 1
      lines(parts).toSet shouldBe whole.toSet
      lines(parts) should have size whole.size.toLong
    }
    "exit with 0 where nothing but healthy runs or the expected verdict came" in {
      val right = write(Files.readString(Path.of(protocol)).replace("unlock=after", "unlock=before"))
      launch("explore", right, "--seeds", "40", "--out", folder().toString).exit shouldBe 0
      val expected = write(Files.readString(Path.of(protocol)) + "\nexpect { verdict = deadlock }")
      val outcome = launch("explore", expected, "--seeds", "60", "--out", folder().toString)
      outcome.exit shouldBe 0
      outcome.out should include("(expected)")
    }
  }

  /** A replay file with other values, and a checksum that fits. */
  private def rewritten(values: (String, String)*): String = {
    val old = Files.readString(Path.of(fileOf("shrunk"))).linesIterator.drop(1).mkString("", "\n", "\n")
    val body = values.foldLeft(old) { case (text, (key, value)) =>
      val changed = text.replaceFirst(s"\"$key\" : \"[^\"]*\"", s"\"$key\" : \"$value\"")
      changed should not be text
      changed
    }
    val file = Files.createTempFile("rewritten", ".replay")
    Files.writeString(file, s"stillpoint-replay 2 sha256:${ReplayFile.sha256(body.getBytes("UTF-8"))}\n$body").toString
  }

  "A replay" should {
    "come to the recorded digest, on several threads too" in {
      for (which <- Seq("first", "smallest", "shrunk"); threads <- Seq("1", "2")) {
        val outcome = launch("replay", fileOf(which), "--threads", threads, "--json")
        withClue(outcome)(outcome.exit shouldBe 0)
        Files.readString(Path.of(fileOf(which))) should include(json(outcome).get("digest").asText)
        json(outcome).get("verdict").asText shouldBe "deadlock"
      }
    }
    "tell what happened with virtual times" in {
      val outcome = launch("replay", fileOf("shrunk"), "--explain")
      outcome.exit shouldBe 0
      outcome.out should (include("cycles late (message") or include("stands still for"))
      outcome.out should include("cpu0 waits for CPU 1: csd")
      outcome.out should include("verdict: deadlock")
      outcome.out should include("the same digest as recorded")
    }
    "shrink what was found before" in {
      val smaller = Files.createTempDirectory("smaller").resolve("one.replay")
      launch("replay", fileOf("first"), "--shrink", "--out", smaller.toString).exit shouldBe 0
      launch("replay", smaller.toString).exit shouldBe 0
      Files.readString(smaller) should include("cpus = 2")
    }
    "carry a guest that does not come with Stillpoint" in {
      val elsewhere = Files.createTempDirectory("guests").resolve("mine.elf")
      Files.copy(FakeMachine.root.resolve("guest/functions.elf"), elsewhere)
      val mine = write(Files.readString(Path.of(protocol)).replace("guest/functions.elf", elsewhere.toString))
      val out = folder()
      launch("explore", mine, "--seeds", "60", "--out", out.toString).exit shouldBe 1
      Files.delete(elsewhere)
      val file = Files.list(out).iterator.asScala.find(_.toString.endsWith("-first.replay")).get
      launch("replay", file.toString).exit shouldBe 0
    }
    "refuse a file of which any byte was changed, cut off or added" in {
      val good = Files.readAllBytes(Path.of(fileOf("shrunk")))
      val bad = Files.createTempFile("bad", ".replay")
      val random = new Random(7)
      for (at <- (0 until 100) ++ Seq.fill(60)(random.nextInt(good.length)) :+ (good.length - 1)) {
        val bytes = good.clone()
        bytes(at) = (bytes(at) ^ (1 << random.nextInt(8))).toByte
        Files.write(bad, bytes)
        refused("replay", bad.toString)
      }
      for (bytes <- Seq(good.dropRight(1), good :+ '\n'.toByte, Array.emptyByteArray, good.take(30))) {
        Files.write(bad, bytes)
        refused("replay", bad.toString)
      }
      Files.writeString(bad, new String(good, "UTF-8").replaceFirst("stillpoint-replay 2", "stillpoint-replay 3"))
      refused("replay", bad.toString) should include("format 3, this program reads format 2")
    }
    "refuse one that another version wrote" in {
      refused("replay", rewritten("stillpoint" -> "0.0.9")) should include("was written by Stillpoint 0.0.9")
    }
    "take another digest for another build's, if another build wrote the file, and else for its own fault" in {
      val digest = "digest" -> ("sha256:" + "0" * 64)
      val build = "build" -> "0badc0de"
      for (options <- Seq(Seq.empty, Seq("--shrink", "--out", Files.createTempDirectory("other").resolve("o.replay").toString)))
        refused(Seq("replay", rewritten(digest, build)) ++ options: _*) should (include("was written by build 0badc0de") and
          include(s"this is build ${BuildMark.own}; take that build"))
      val own = launch("replay", rewritten(digest))
      own.exit shouldBe 5
      own.err should include("broken invariant: recorded deadlock")
      launch("replay", rewritten(build)).exit shouldBe 0
    }
  }

  "A cluster that does not answer" should {
    "be given up with exit 3, and nothing begun" in {
      val out = folder()
      val silent = s"127.0.0.1:${TestMembers.freePort()}"
      val outcome = launch("explore", protocol, "--seeds", "1", "--cluster", silent, "--wait", "700ms", "--out", out.toString)
      outcome.exit shouldBe 3
      outcome.errLines should have size 1
      outcome.err should include(s"no member of a cluster answers at $silent within 700 ms")
      Files.exists(out) shouldBe false
    }
  }

  "Bad input" should {
    "be one line and exit 2" in {
      refused("explore") should include("SCENARIO")
      refused("explore", protocol) should include("--seeds N or --minutes M")
      refused("explore", protocol, "--seeds", "0") should include("--seeds 0 is out of range")
      refused("explore", protocol, "--seeds", "x") should include("--seeds")
      refused("explore", protocol, "--seeds", "1", "--strategy", "luck") should include("random, pct, chaos or swarm")
      refused("explore", protocol, "--seeds", "1", "--depth", "0") should include("--depth 0")
      refused("explore", protocol, "--seeds", "1", "--threads", "0") should include("--threads 0")
      refused("explore", protocol, "--seeds", "1", "--reach", "5") should include("--reach")
      refused("explore", protocol, "--seeds", "1", "--reach", "2s") should include("1ns .. 1s")
      refused("explore", protocol, "--seeds", "1", "--resume") should include("--out DIR")
      refused("explore", protocol, "--seeds", "1", "--cluster", "x") should include("--cluster 'x' is no HOST:PORT")
      refused("explore", protocol, "--seeds", "1", "--cluster", "no-such-host.invalid:1") should include("no host of no-such-host.invalid:1")
      refused("explore", protocol, "--seeds", "1", "--cluster", "127.0.0.1:1", "--nodes", "0") should include("--nodes 0 is out of range")
      refused("explore", protocol, "--seeds", "1", "--cluster", "127.0.0.1:1", "--wait", "5") should include("--wait 5 is no time")
      refused("explore", protocol, "--seeds", "1", "--nodes", "2") should include("--nodes is for explorations on a cluster")
      refused("explore", protocol, "--seeds", "1", "--bind", "127.0.0.1:0") should include("--bind is for explorations on a cluster")
      refused("explore", "nothing", "--seeds", "1") should include("does not exist")
      refused("explore", protocol, "--seeds", "1", "--resume", "--out", folder().toString) should include("no results to go on with")
      refused("explore", protocol, "--seeds", "1", "--out", explored._1.toString) should include("add --resume")
      refused("explore", protocol, "--seeds", "1", "--resume", "--strategy", "pct", "--out", explored._1.toString) should include("another exploration")
      refused("replay") should include("FILE")
      refused("replay", "nothing.replay") should include("no such file")
      refused("replay", protocol) should include("is no replay file")
      refused("replay", fileOf("first"), "--nodes", "0") should include("--nodes 0")
      refused("replay", fileOf("first"), "--json", "--explain") should include("leave one out")
      refused("replay", fileOf("first"), "--out", "x") should include("--shrink")
    }
  }
}
