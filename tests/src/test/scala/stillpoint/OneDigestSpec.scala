package stillpoint

import java.nio.file.{Files, Path}
import java.util.{List => JavaList}

import scala.jdk.CollectionConverters._

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.actors.{RunOptions, Simulation}
import stillpoint.clusterconfig.{Overrides, ScenarioReader}
import stillpoint.kernel.report.RunReport
import stillpoint.kernel.system.{EmulatedMachine, MachineJudge, MachineSetup, ReportBuilder}
import stillpoint.machine.elf.ElfReader
import stillpoint.machine.time.{CutJudge, Model, RunOutcome, SequentialEngine}

/**
 * Goal: the project's first invariant, one scenario and one seed give one digest. Method: every scenario of the tree in the
 * plain engine, twice, and on actors with 1, 2 and 4 threads; the reports must be equal as well.
 */
@RunWith(classOf[JUnitRunner])
class OneDigestSpec extends AnyWordSpec with Matchers {
  private val root = Path.of(System.getProperty("stillpoint.root", "."))
  private val reader = new ScenarioReader((name, bytes) => ElfReader.read(name, bytes), JavaList.of(root))
  private val scenarios = {
    val folder = Files.list(root.resolve("scenarios"))
    try folder.iterator.asScala.filter(_.toString.endsWith(".conf")).toSeq.sortBy(_.toString).map(new Scenario(_))
    finally folder.close()
  }

  private class Scenario(val file: Path) {
    lazy val setup: MachineSetup = reader.readFile(file, Overrides.NONE).setup
    lazy val reference: Result = sequentially(setup)
    def name: String = file.getFileName.toString
  }

  private case class Result(outcome: RunOutcome, report: RunReport)

  private def run(setup: MachineSetup)(engine: (Model, CutJudge) => RunOutcome): Result = {
    val machine = new EmulatedMachine(setup)
    val judge = new MachineJudge(setup)
    val outcome = engine(machine, judge)
    Result(outcome, new ReportBuilder(machine.shared, judge.ending.get, outcome.finalReports).build())
  }

  private def sequentially(setup: MachineSetup): Result = run(setup)(SequentialEngine.run(_, _))

  "The scenarios" should {
    "be at least those of the first release" in {
      scenarios.map(_.name) should contain allOf
        ("ftrace-hang-xls.conf", "ftrace-octeon.conf", "ftrace-delayed-flush.conf", "ftrace-upstream.conf")
    }
  }

  for (scenario <- scenarios) {
    scenario.name should {
      lazy val setup = scenario.setup
      lazy val reference = scenario.reference

      "give one digest twice" in {
        reference.outcome.digest should fullyMatch regex "sha256:[0-9a-f]{64}"
        sequentially(setup).outcome shouldBe sameAs(reference)
      }
      for (threads <- Seq(1, 2, 4)) {
        s"give that digest and that report on $threads ${if (threads == 1) "thread" else "threads"}" in {
          val actors = run(setup)(Simulation.run(_, _, RunOptions.onThreads(threads)))
          actors.outcome shouldBe sameAs(reference)
          // shards that are far apart open windows of their own
          if (threads == 1) actors.outcome.windows shouldBe reference.outcome.windows
          sameReport(actors.report, reference.report)
        }
      }
      "give another digest with another seed, which says when each CPU's guest starts" in {
        val other = new MachineSetup(
          setup.board, setup.kernel, setup.guest, setup.script, setup.seed + 1, setup.settleNanos,
          setup.virtualTimeLimitNanos, setup.stopAtProof, setup.faults, setup.schedule)
        sequentially(other).outcome.digest should not be reference.outcome.digest
      }
    }
  }

  "Another scenario" should {
    "give another digest" in {
      scenarios.map(_.reference.outcome.digest).distinct should have size scenarios.size
    }
  }

  private def sameAs(reference: Result): org.scalatest.matchers.BeMatcher[RunOutcome] = outcome => {
    def facts(o: RunOutcome) = (o.digest, o.endCycle, o.lastEventCycle, o.events, o.quiescent)
    org.scalatest.matchers.MatchResult(
      facts(outcome) == facts(reference.outcome),
      s"${facts(outcome)} is not the same as ${facts(reference.outcome)}",
      s"${facts(outcome)} is the same as ${facts(reference.outcome)}")
  }

  /** Part by part, so that a difference is told in a line. */
  private def sameReport(report: RunReport, reference: RunReport): Unit = {
    report.verdict shouldBe reference.verdict
    report.verdictAtNanos shouldBe reference.verdictAtNanos
    report.cycle shouldBe reference.cycle
    report.counters shouldBe reference.counters
    report.cpus shouldBe reference.cpus
    report.console shouldBe reference.console
    report.trace.size shouldBe reference.trace.size
    report.trace.asScala.zip(reference.trace.asScala).find { case (a, b) => a != b } shouldBe None
    report shouldBe reference
  }
}
