package stillpoint.kernel.protocols

import java.nio.file.{Files, Path}
import java.util.{List => JavaList}

import scala.collection.mutable
import scala.jdk.CollectionConverters._

import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import stillpoint.actors.{RunOptions, Simulation}
import stillpoint.clusterconfig.{Overrides, Scenario, ScenarioError, ScenarioReader}
import stillpoint.kernel.report.RunReport
import stillpoint.kernel.report.Verdict
import stillpoint.kernel.system.{EmulatedMachine, MachineJudge, ReportBuilder}
import stillpoint.kernel.system.Machines.Run
import stillpoint.machine.elf.{ElfImage, GuestFiles}
import stillpoint.machine.time.{CutJudge, Model, RunOutcome, SequentialEngine}

/** The scenarios of the tree, run without actors, each once. */
object Shipped {
  private val root = Path.of(System.getProperty("stillpoint.root", "."))
  private val images = mutable.Map.empty[String, ElfImage]
  private val reader = new ScenarioReader(
    (name, _) => images.synchronized(images.getOrElseUpdate(name, GuestFiles.image(name.split('/').last))),
    JavaList.of(root))
  private val runs = mutable.Map.empty[String, Run]

  def text(name: String): String = Files.readString(root.resolve(s"scenarios/$name.conf"))

  def scenario(name: String): Scenario = reader.read(s"scenarios/$name.conf", text(name), Overrides.NONE)

  def runText(text: String): Run = run(reader.read("spec.conf", text, Overrides.NONE))(SequentialEngine.run(_, _))

  /** The same scenario with a piece of its text changed. */
  def changed(name: String, changes: (String, String)*): Run =
    runText(changes.foldLeft(text(name)) { case (text, (from, to)) =>
      require(text.contains(from), s"$name does not say $from")
      text.replace(from, to)
    })

  def run(name: String): Run = runs.synchronized(runs.getOrElseUpdate(name, run(scenario(name))(SequentialEngine.run(_, _))))

  def onThreads(name: String, threads: Int): Run =
    run(scenario(name))(Simulation.run(_, _, RunOptions.onThreads(threads)))

  def refusal(text: String): String =
    try {
      reader.read("spec.conf", text, Overrides.NONE)
      "(read without complaint)"
    } catch { case e: ScenarioError => e.getMessage }

  private def run(scenario: Scenario)(engine: (Model, CutJudge) => RunOutcome): Run = {
    val machine = new EmulatedMachine(scenario.setup)
    val judge = new MachineJudge(scenario.setup)
    Run(machine, engine(machine, judge), judge, Map.empty)
  }
}

/** What is asked of every protocol's pair of scenarios. */
trait ProtocolPair extends AnyWordSpec with Matchers {
  protected def waits(run: Run): Seq[RunReport.WaitEdge] = run.report.cycle.asScala.toSeq

  protected def edge(run: Run, cpu: Int): RunReport.WaitEdge =
    waits(run).find(_.cpu == cpu).getOrElse(fail(s"CPU $cpu is in no cycle: ${waits(run)}"))

  protected def targets(edge: RunReport.WaitEdge): Seq[Int] = edge.waitsFor.asScala.map(_.toInt).toSeq

  /** The broken scenario is proved hung soon after its last wait began, the right one has nothing to report. */
  protected def aPair(broken: String, right: String, verdict: Verdict = Verdict.DEADLOCK): Unit = {
    s"$broken" should {
      lazy val run = Shipped.run(broken)
      s"end with verdict ${verdict.text}, as it expects" in {
        run.report.verdict shouldBe verdict
        Shipped.scenario(broken).expect.get.verdict.get shouldBe verdict
      }
      "be known within a millisecond of virtual time after the last wait began" in {
        if (waits(run).nonEmpty) {
          run.report.verdictAtNanos should be <= waits(run).map(_.sinceNanos).max + 1_000_000L
        }
      }
      "give one digest on any number of threads" in oneDigest(broken)
    }
    s"$right" should {
      "be healthy, as it expects" in {
        val report = Shipped.run(right).report
        withClue(report.cycle.toString + report.warnings + report.guest.failures) {
          report.verdict shouldBe Verdict.HEALTHY
        }
        Shipped.scenario(right).expect.get.verdict.get shouldBe Verdict.HEALTHY
        report.lockups shouldBe empty
      }
      "give one digest on any number of threads" in oneDigest(right)
    }
  }

  private def oneDigest(name: String): Unit = {
    val digest = Shipped.run(name).outcome.digest
    for (threads <- Seq(1, 2)) withClue(s"$threads threads: ") {
      Shipped.onThreads(name, threads).outcome.digest shouldBe digest
    }
  }
}
