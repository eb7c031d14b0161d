package stillpoint.console

import java.nio.file.Path
import java.util.{List => JavaList}

import scala.jdk.CollectionConverters._
import scala.util.Random

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.actors.{RunOptions, Simulation}
import stillpoint.clusterconfig.{Overrides, Scenario, ScenarioReader}
import stillpoint.kernel.system.{EmulatedMachine, MachineJudge, Machines, ReportBuilder}
import stillpoint.machine.elf.GuestFiles
import stillpoint.machine.time.{LogicalProcess, Message, Model, Outbox, Report, StateHash}

/**
 * Goal: what the host does with its time changes nothing that a user sees. Method: processes that keep the host waiting at
 * moments that a seed chooses, on 1, 2 and 4 threads; the whole JSON document but for its wall time, and the guest's console, are those
 * of a run that nobody disturbed.
 */
@RunWith(classOf[JUnitRunner])
class SlowHostSpec extends AnyWordSpec with Matchers {
  private val reader = new ScenarioReader(
    (name, _) => GuestFiles.image(name.split('/').last),
    JavaList.of(Path.of(System.getProperty("stillpoint.root", "."))))

  /** JSON without its wall time, and the console. */
  private def shown(scenario: Scenario, threads: Int, dawdling: Option[Long]): (String, Seq[String]) = {
    val machine = new EmulatedMachine(scenario.setup)
    val judge = new MachineJudge(scenario.setup)
    val model = dawdling.fold(machine: Model)(new Dawdling(machine, _))
    val outcome = Simulation.run(model, judge, RunOptions.onThreads(threads))
    val report = new ReportBuilder(machine.shared, judge.ending.get, outcome.finalReports).build()
    val finished = new Finished(report, outcome.digest, outcome.events, outcome.windows, outcome.remoteBatches, 0)
    (ReportJson.of(scenario, finished, Judgement.of(scenario.expect, report)), report.console.asScala.toSeq)
  }

  for ((variant, cpus) <- Seq("delayed-flush" -> 4, "stop-machine+wait-ipi" -> 4, "upstream" -> 16))
    s"A throttled host with $variant on $cpus CPUs" should {
      "change nothing in the output on 1, 2 and 4 threads" in {
        val text = Machines.Plan(variant, cpus, machine = "latency.jitter = 10").text
        val scenario = reader.read("slow-host.conf", text, Overrides.NONE)
        val usual = shown(scenario, 1, None)
        usual._1 should include("\"digest\":\"sha256:")
        usual._2 should not be empty
        for (threads <- Seq(1, 2, 4))
          withClue(s"$threads threads: ") { shown(scenario, threads, Some(threads.toLong)) shouldBe usual }
      }
    }

  /** A model whose processes keep the host waiting some fifty times in all, each for a moment; the seed says when. */
  private class Dawdling(model: Model, seed: Long) extends Model {
    override def size: Int = model.size
    override def nameOf(id: Int): String = model.nameOf(id)
    override def lookaheadCycles: Long = model.lookaheadCycles
    override def places: Int = model.places
    override def placeOf(id: Int): Int = model.placeOf(id)
    override def create(id: Int): LogicalProcess = new LogicalProcess {
      private val process = model.create(id)
      private val random = new Random(seed * 1000 + id)
      private var left = 1 + random.nextInt(400)
      private def dawdle(): Unit = {
        left -= 1
        if (left == 0) {
          left = 1 + random.nextInt(4000)
          Thread.sleep(1 + random.nextInt(4))
        }
      }
      override def handle(cycle: Long, sender: Int, message: Message, outbox: Outbox): Unit = {
        dawdle()
        process.handle(cycle, sender, message, outbox)
      }
      override def run(until: Long, outbox: Outbox): Unit = {
        dawdle()
        process.run(until, outbox)
      }
      override def nextOwnCycle: Long = process.nextOwnCycle
      override def blockedSince: Long = process.blockedSince
      override def inspect(cycle: Long): Report = process.inspect(cycle)
      override def foldState(hash: StateHash): Unit = process.foldState(hash)
    }
  }
}
