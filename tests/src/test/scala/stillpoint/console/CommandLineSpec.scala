package stillpoint.console

import com.fasterxml.jackson.databind.{JsonNode, ObjectMapper}
import java.nio.file.{Files, Path}
import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import scala.jdk.CollectionConverters._
import stillpoint.clusterconfig.Scenarios
import stillpoint.console.FakeMachine._
import stillpoint.machine.time.BrokenInvariant

@RunWith(classOf[JUnitRunner])
class CommandLineSpec extends AnyWordSpec with Matchers {

  private val hang = "ftrace-hang-xls"

  private def json(arguments: String*): JsonNode = new ObjectMapper().readTree(launch(arguments: _*).out)

  private def fields(node: JsonNode): Seq[String] = node.fieldNames.asScala.toSeq

  private def refused(arguments: String*): String = {
    val outcome = launch(arguments: _*)
    withClue(arguments.mkString(" ") + " printed " + outcome) {
      outcome.exit shouldBe 2
      outcome.out shouldBe empty
      outcome.errLines should have size 1
    }
    outcome.err
  }

  "Bad input" should {
    "be one line that names file, key and value, and exit 2" in {
      val cases = Seq(
        "machine.bord = xls416" -> "machine.bord",
        "kernel.variant = delayed-flsh" -> "kernel.variant = delayed-flsh",
        "limits.virtual-time = -5us" -> "limits.virtual-time = -5us",
        "limits.virtual-time = 5" -> "limits.virtual-time = 5",
        "machine.cpus = 0" -> "machine.cpus = 0",
        "machine.cpus = 1000000000" -> "machine.cpus = 1000000000",
        "guest.elf = guest/none.elf" -> "guest.elf = guest/none.elf",
        "guest.elf = guest/bad.elf" -> "machine 62",
        "script = [ { at = 1us, on = 0, run = \"cat\" } ]" -> "script[0].run = cat",
        "seed = {" -> ""
      )
      for ((text, named) <- cases) {
        val file = write("\n" + text)
        val line = refused("run", file)
        line should include(file)
        line should include(named)
      }
    }
    "be a file that does not exist or is no text" in {
      refused("run", "no-such-thing") should include("scenario 'no-such-thing' does not exist; './stillpoint list'")
      refused("run", "/") should include("is a folder")
      val binary = Files.createTempFile("binary", ".conf")
      Files.write(binary, Array[Byte](-1, -2, 0, 1))
      refused("run", binary.toString) should include("is not a UTF-8 text")
    }
    "be a command or option that does not exist, with what there is" in {
      refused("explre", hang) should include("unknown command 'explre'; there are: demo, run, explore, replay, node, list, exec, asm, disasm, bench, version, help")
      for (command <- Seq("replya", "litmsu"))
        refused(command, "x") should include(s"unknown command '$command'")
      refused("run", hang, "--sed", "1") should include("unknown option '--sed'")
      refused("run") should include("SCENARIO")
      refused("run", hang, "--cpus", "x") should include("--cpus")
      refused() should include("no command given")
      refused("bench", "foldp") should include("there are: count")
      refused("bench", "count", "--cpus", "4") should include("benchmark 'count' runs no scenario; leave --cpus and --set out")
    }
    "be an option whose value cannot be" in {
      refused("run", hang, "--nodes", "0") should include("give 1 .. 64")
      refused("run", hang, "--nodes", "3", "--wait", "soon") should include("--wait 60s")
      refused("run", hang, "--nodes", "65", "--reconcile") should include("give 1 .. 64")
      refused("run", hang, "--nodes", "2", "--reconcile", "--restore", "x") should include("--reconcile runs from the beginning")
      refused("run", hang, "--cluster", "somewhere") should include("HOST:PORT")
      refused("node", "--join", "127.0.0.1:99999") should include("HOST:PORT")
      refused("node", "--join", "127.0.0.1:7355", "--capacity", "0") should include("1 or more")
      refused("run", hang, "--threads", "0") should include("--threads 0")
      refused("run", hang, "--cpus", "0") should include("--cpus 0")
      refused("run", hang, "--set", "kernel.hz=0") should include("--set kernel.hz=0")
    }
  }

  "run" should {
    "exit 0 when the expectation is met" in {
      val outcome = launch("run", hang)
      outcome.exit shouldBe 0
      outcome.err shouldBe empty
      outcome.out should include("deadlock at 131.072 us")
      outcome.out should include("CPU 0 waits for CPUs 1-15: csd")
      outcome.out should include("they cannot act: IPI pending, irqs off since 118400 ns")
      outcome.out should include("CPUs 1-15 wait for CPU 0: stop_machine state")
      outcome.out should include("waits itself since 131073..131087 ns")
      outcome.out should include("CPUs 0-15: migration/*, irqs off since 118400 ns, preempt count 1, pending: timer")
      outcome.out should include("30 cycles (30 ns)")
      outcome.out should include("--seed 42")
      outcome.out should include("sha256:0f")
      outcome.out should not include "\u001b"
    }
    "say which interconnect the machine has, and how far its parts may run apart" in {
      launch("run", hang).out should include("crossbar: everybody is equally far from everybody")
      val numa = "machine.interconnect={topology=numa,boards=3}"
      val out = launch("run", hang, "--set", numa, "--set", "machine.directory-slices=3", "--set", "machine.interrupt-slices=3").out
      out should include("numa: 3 boards of 6 CPUs, the last of 4, 5,000 cycles (5 us) between two boards")
      out should include("5,030 cycles (5.03 us) between boards")
      launch("run", hang, "--set", "machine.interconnect.topology=mesh").out should
        include("mesh of 4 x 4 CPUs, 4 cycles (4 ns) a hop")
      refused("run", hang, "--set", numa) should include("machine.directory-slices = 8 does not give each of 3 boards as many")
    }
    "exit 1 and say what came instead when it is not" in {
      val outcome = launch("run", hang, "--set", "kernel.variant=delayed-flush")
      outcome.exit shouldBe 1
      outcome.out should include("not met")
      outcome.out should include("expected verdict = deadlock, came healthy")
      outcome.out should include("expected patching-cpu = CPU 0, came none")
      outcome.out should include("replay  ./stillpoint run")
      outcome.out should include("--set kernel.variant=delayed-flush")
    }
    "follow the verdict when nothing is expected" in {
      val text = Scenarios.hang.linesIterator.filterNot(_.startsWith("expect")).mkString("\n")
      launch("run", write(text)).exit shouldBe 1
      launch("run", write(text), "--set", "kernel.variant=upstream").exit shouldBe 0
    }
    "note on stderr what --cpus moved" in {
      val outcome = launch("run", hang, "--cpus", "1", "--json")
      outcome.exit shouldBe 1
      outcome.errLines should have size 2
      outcome.err should include("note: --cpus: xls416 with 1 CPU")
    }
    "say which of its own rules it broke, how to replay, and exit 5" in {
      val broken: Runner = (_, _) => throw new BrokenInvariant("cpu3 in RUN got Ack twice at cycle 7")
      val outcome = launchOn(broken)("run", hang, "--seed", "7", "--json")
      outcome.exit shouldBe 5
      outcome.out shouldBe empty
      outcome.errLines should have size 2
      outcome.err should include("cpu3 in RUN got Ack twice at cycle 7")
      outcome.err should include regex "replay: ./stillpoint run .*ftrace-hang-xls.conf --seed 7"
      launchOn(broken)("run", hang, "--verbose").err should include("BrokenInvariant")
    }
    "reconcile two placements by their digests" in {
      val same = launch("run", hang, "--reconcile", "--json")
      same.exit shouldBe 0
      same.err should include("gave one digest")
      val differing: Runner =
        (setup, options) => new Finished(report(setup), s"sha256:${options.threads}", 1, 1, 0, 1)
      launchOn(differing)("run", hang, "--reconcile").exit shouldBe 5
    }
    "hand the number of threads to the simulator" in {
      var seen = 0
      val counting: Runner = (setup, options) => { seen = options.threads; runner.run(setup, options) }
      launchOn(counting)("run", hang, "--threads", "4").exit shouldBe 0
      seen shouldBe 4
    }
  }

  "run --json" should {
    "print one document of the contract's fields in its order" in {
      val outcome = launch("run", hang, "--json")
      outcome.out.linesIterator.toSeq should have size 1
      outcome.out should startWith("""{"scenario":"ftrace-hang-xls","seed":42,"cpus":16,"nodes":1,"verdict":"deadlock",""")
      val document = json("run", hang, "--json")
      fields(document) shouldBe Seq(
        "scenario", "seed", "cpus", "nodes", "verdict", "verdict_at_ns", "cycle", "lockups", "warnings", "counters",
        "faults", "stale_code", "expectation", "digest", "wall_ms"
      )
      fields(document.get("counters")) shouldBe Seq(
        "words_patched", "icache_flushes", "ipis", "stale_fetches", "late_stale_fetches", "torn_fetches",
        "instructions", "events", "windows", "remote_batches"
      )
      fields(document.at("/counters/ipis")) shouldBe Seq("call-function", "resched", "icache-flush")
      document.at("/counters/ipis/call-function/sent").asLong shouldBe 15
      document.at("/counters/ipis/call-function/taken").asLong shouldBe 0
      document.get("cycle") should have size 16
      fields(document.at("/cycle/0")) shouldBe Seq("cpu", "in", "waits_for", "for", "because")
      document.at("/cycle/0/waits_for") should have size 15
      document.at("/expectation").asText shouldBe "met"
      document.at("/counters/events").asLong shouldBe 1000
    }
    "say when the expectation is not met" in {
      json("run", hang, "--json", "--set", "kernel.variant=upstream").at("/expectation").asText shouldBe "not met"
    }
  }

  "run --console" should {
    "keep the guest's whole console" in {
      val file = Files.createTempDirectory("console").resolve("c.log")
      for (_ <- 1 to 2) {
        launch("run", hang, "--json", "--console", file.toString).exit shouldBe 0
        Files.readString(file) shouldBe "[    0.000100] ftrace: patching\n"
      }
      file.getParent.toFile.list shouldBe Array("c.log")
    }
    "refuse what cannot be written" in {
      val folder = Files.createTempDirectory("console")
      refused("run", hang, "--console", folder.toString) should include("is a folder; name a file")
      refused("run", hang, "--console", folder.resolve("no/c.log").toString) should include("does not exist; make it")
    }
  }
  "run --report" should {
    "write the whole report, again and again" in {
      val folder = Files.createTempDirectory("report").resolve("deep").resolve("r")
      launch("run", hang, "--json", "--report", folder.toString).exit shouldBe 0
      launch("run", hang, "--json", "--report", folder.toString).exit shouldBe 0
      folder.toFile.list.toSet shouldBe Set("report.json", "console.log", "trace.txt", "effective.conf", "stacks.txt")
      new ObjectMapper().readTree(folder.resolve("report.json").toFile).get("verdict").asText shouldBe "deadlock"
      Scenarios.read(Files.readString(folder.resolve("effective.conf"))).setup.board.name shouldBe "xls416"
      folder.getParent.toFile.list.toSeq shouldBe Seq("r")
    }
    "leave a folder alone that holds anything else" in {
      val folder = Files.createTempDirectory("mine")
      Files.writeString(folder.resolve("thesis.txt"), "mine")
      refused("run", hang, "--report", folder.toString) should include("holds files that are no report")
      Files.readString(folder.resolve("thesis.txt")) shouldBe "mine"
      val file: Path = Files.createTempFile("a", "file")
      refused("run", hang, "--report", file.toString) should include("is not a folder")
      // a file where a folder would have to be: refused before anything runs, so nothing stands on stdout
      refused("run", hang, "--report", file.resolve("inside").toString) should include("cannot be written")
    }
  }

  "demo" should {
    "tell three runs side by side and exit 0 when all came out as expected" in {
      val outcome = launch("demo")
      withClue(outcome) {
        outcome.exit shouldBe 0
        outcome.err shouldBe empty
        outcome.out should include regex "verdict +deadlock +healthy +healthy"
        outcome.out should include regex "CPUs traced +0 +16 +16"
        outcome.out should include("CPU 0 waits for CPUs 1-15: csd")
      }
    }
    "exit 1 when one did not" in {
      val healthy: Runner = (setup, options) =>
        runner.run(Scenarios.read("machine.board = xls416").setup, options)
      val outcome = launchOn(healthy)("demo")
      outcome.exit shouldBe 1
      outcome.out should include("not as expected: expected verdict = deadlock, came healthy")
    }
  }

  "list, version, bench and help" should {
    "do what they say and exit 0" in {
      val list = launch("list")
      list.exit shouldBe 0
      list.out should include regex "ftrace-hang-xls +Wu Zhangjin's hang"
      val version = launch("version")
      version.exit shouldBe 0
      version.out should include regex "Stillpoint \\d+\\.\\d+\\.\\d+"
      version.out should include("Java 25")
      version.out should include("Akka 2.8.5")
      launch("bench").out should include("count  counts to three.")
      launch("bench", "count").out should include("events_per_second")
      json("bench", "count", "--json").at("/rows/0/events_per_second").asDouble shouldBe 2.5
      launch("help").exit shouldBe 0
      launch("help", "run").out should include("--reconcile")
      launch("run", "--help").exit shouldBe 0
    }
  }
}
