package stillpoint.console

import java.io.{PrintWriter, StringWriter}
import java.nio.file.{Files, Path}
import java.util.{List => JavaList}

import com.fasterxml.jackson.databind.{JsonNode, ObjectMapper}
import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import scala.jdk.CollectionConverters._
import stillpoint.ShippedScenarios
import stillpoint.clusterconfig.{Overrides, Scenario, ScenarioReader}
import stillpoint.kernel.system.{EmulatedMachine, MachineJudge, MachineSetup, PackedReports, PackedSetup, ReportBuilder}
import stillpoint.kernel.fault.StruckReport
import stillpoint.machine.elf.ElfReader
import stillpoint.machine.time.SequentialEngine

/**
 * Goal: the shipped scenarios with faults show what they say they show, and it can be read. Method: each runs once; its expectation
 * is held against its report, and what the JSON document and the text say of faults against the file.
 */
@RunWith(classOf[JUnitRunner])
class FaultScenariosSpec extends AnyWordSpec with Matchers {
  private val root = Path.of(System.getProperty("stillpoint.root", "."))
  private val reader = new ScenarioReader((name, bytes) => ElfReader.read(name, bytes), JavaList.of(root))

  private class Shown(file: Path) {
    val scenario: Scenario = reader.readFile(file, Overrides.NONE)
    private val machine = new EmulatedMachine(scenario.setup)
    private val judge = new MachineJudge(scenario.setup)
    val outcome = SequentialEngine.run(machine, judge)
    private val report = new ReportBuilder(machine.shared, judge.ending.get, outcome.finalReports).build()
    val finished = new Finished(report, outcome.digest, outcome.events, outcome.windows, 0, 1)
    def judged(set: String*): Judgement =
      Judgement.of(reader.readFile(file, Scenarios(set: _*)).expect, report)
    def json: JsonNode = new ObjectMapper().readTree(ReportJson.of(scenario, finished, judged()))
    def text: String = {
      val out = new StringWriter
      new ReportText(new Terminal(new PrintWriter(out), new PrintWriter(out), false)).closing(scenario, finished, judged(), "replay")
      out.toString
    }
  }

  private def Scenarios(set: String*): Overrides =
    new Overrides(java.util.OptionalLong.empty, java.util.OptionalInt.empty, JavaList.of(set: _*))

  private val files = ShippedScenarios.files.filter(_.getFileName.toString.startsWith("fault-"))
  private lazy val shown = files.map(file => file.getFileName.toString.stripSuffix(".conf") -> new Shown(file)).toMap

  for (file <- files; name = file.getFileName.toString.stripSuffix(".conf")) {
    name should {
      "come out as it expects, and say so of each fault" in {
        val one = shown(name)
        one.judged().differences.asScala shouldBe empty
        val faults = one.json.get("faults").asScala.toSeq
        val setups = PackedSetup.codecs.of(classOf[MachineSetup])
        setups.fromBytes(setups.toBytes(one.scenario.setup)).faults shouldBe one.scenario.setup.faults
        faults.map(_.get("number").asInt) shouldBe (1 to one.scenario.setup.faults.size)
        for (fault <- faults) {
          val strikes = fault.get("strikes").asScala.toSeq
          fault.get("count").asLong shouldBe strikes.map(_.get("count").asLong).sum
          fault.get("victims").asInt shouldBe strikes.size
          fault.get("at_ns").isNull shouldBe strikes.isEmpty
          if (strikes.nonEmpty) fault.get("victim") shouldBe strikes.head.get("victim")
          one.text should include(s"${fault.get("number")} ${fault.get("kind").asText}: ${if (strikes.isEmpty) "never struck" else "struck"}")
        }
      }
    }
  }

  "A lost IPI" should {
    "be named by the edge, in both forms" in {
      val edge = shown("fault-ipi-lost").json.get("cycle").get(0)
      (edge.get("cpu").asInt, edge.get("waits_for").get(0).asInt, edge.get("fault").asInt) shouldBe ((5, 3, 1))
      edge.get("because").asText should startWith("the call-function IPI of CPU 5 to CPU 3 is lost by fault 1")
      shown("fault-ipi-lost").text should include("the call-function IPI of CPU 5 to CPU 3 is lost by fault 1")
    }
  }

  "A line of a detector" should {
    "say which fault made it speak" in {
      shown("fault-clock-skew").json.get("lockups").asScala.map(_.get("fault").asInt).toSet shouldBe Set(1)
      shown("fault-clock-skew").text should include("(because of fault 1)")
    }
  }

  "An expectation of faults" should {
    "say what came instead" in {
      def missed(name: String, set: String) = shown(name).judged("expect." + set).differences.asScala.mkString("\n")
      missed("fault-ipi-lost", "struck=[]") shouldBe "expected struck = [], came [1]"
      missed("fault-ipi-lost", "waits-for-cpus=4") shouldBe "expected waits-for-cpus = 4, came 3"
      missed("fault-cpu-frozen-long", "lockup-cpus=5") shouldBe "expected lockup-cpus = 5, came 7"
      missed("fault-cpu-frozen-long", "detectors=[soft-lockup]") shouldBe "expected detectors = [soft-lockup], came [hard-lockup]"
      missed("fault-bit-flip", "guest-failure=RI") should startWith("expected guest-failure = RI, came CPU")
      missed("fault-storm", "fault=3") shouldBe "expected fault = 3, came 0"
    }
    "refuse a fault that is not in the list, and a detector that does not exist" in {
      def refused(set: String) = the[stillpoint.clusterconfig.ScenarioError] thrownBy shown("fault-ipi-lost").judged(set)
      refused("expect.fault=2").getMessage should include("names a fault that is not in the list")
      refused("expect.struck=[0]").getMessage should include("names a fault that is not in the list")
      refused("expect.detectors=[softlockup]").getMessage should include("did you mean 'soft-lockup'?")
    }
  }

  "What struck a slice" should {
    "travel between nodes, without what nobody reads" in {
      val told = shown("fault-storm").outcome.finalReports.asScala.collect { case struck: StruckReport => struck }
      told should not be empty
      for (struck <- told; codec <- Seq(PackedReports.atCut, PackedReports.atEnd)) {
        val back = codec.fromBytes(codec.toBytes(struck)).asInstanceOf[StruckReport]
        back.strikes shouldBe struck.strikes
      }
    }
  }

  "A fault of hosts" should {
    def refusal(nodes: Int, faults: String, checkpoints: Checkpoints): String = {
      val scenario = reader.read("x.conf", s"faults = [ $faults ]", Overrides.NONE)
      the[UserError] thrownBy HostFaults.refuseWhatCannotAct(scenario, nodes, checkpoints)
    }.getMessage
    val written = new Checkpoints(
      java.util.Optional.of(new Checkpoints.Written(1, Files.createTempDirectory("none"), null)), java.util.Optional.empty())
    val kill = "{ kind = node-kill, node = 1, at = 1us }"
    "be refused where it cannot act" in {
      refusal(0, kill, written) shouldBe
        "fault 1 (node-kill) hurts nodes that the run itself has started; add --nodes 2 or more, or leave it out"
      refusal(3, kill, Checkpoints.NONE) should include("needs checkpoints to recover from")
      refusal(3, "{ kind = node-pause, node = 3, for = 1s, at = 1us }", written) should include("names node 3 of 3; name one of 1 .. 2")
      refusal(3, "{ kind = node-kill, node = 0, at = 1us }", written) should include("names node 0, this program itself")
      val partition = "{ kind = partition, node = 2, for = 1s, at = 1us }"
      refusal(2, partition, written) shouldBe
        "fault 1 (partition) leaves no majority of 2 nodes; add --nodes 3 or more, or leave it out"
      refusal(0, partition, written) should include("(partition) hurts nodes that the run itself has started")
      refusal(3, partition, Checkpoints.NONE) should include("needs checkpoints to recover from")
      refusal(3, partition.replace("2", "3"), written) should include("names node 3 of 3; name one of 1 .. 2")
      HostFaults.refuseWhatCannotAct(reader.read("x.conf", s"faults = [ $partition ]", Overrides.NONE), 3, written)
      refusal(0, "{ kind = actor-crash, cpu = 1, at = 1us }", written) should include("(actor-crash) hurts nodes that the run itself has started")
    }
    "change nothing of what a run depends on" in {
      reader.read("x.conf", s"faults = [ $kill ]", Overrides.NONE).setup.faults.asScala shouldBe empty
    }
  }
}
