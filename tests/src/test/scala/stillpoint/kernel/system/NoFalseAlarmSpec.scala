package stillpoint.kernel.system

import scala.jdk.CollectionConverters._

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.kernel.report.Verdict
import stillpoint.kernel.system.Machines._
import stillpoint.machine.time.{LogicalProcess, Message, Model, Outbox, Report, SequentialEngine, StateHash}

/** A healthy machine is called healthy, however slow its links are and however slow the host is. */
@RunWith(classOf[JUnitRunner])
class NoFalseAlarmSpec extends AnyWordSpec with Matchers {
  private def jittered(variant: String, cpus: Int, jitter: Int, seed: Long = 42): Plan =
    Plan(variant, cpus, machine = s"latency.jitter = $jitter", limits = "virtual-time = 10s", seed = seed)

  private def shouldBeHealthy(run: Run): Unit = {
    run.report.verdict shouldBe Verdict.HEALTHY
    run.report.lockups shouldBe empty
    run.report.warnings shouldBe empty
    run.report.console.asScala.filter(_.matches("(?i).*(lockup|stall|blocked for more).*")) shouldBe empty
  }

  for (variant <- Healthy; cpus <- Seq(1, 16, 64); jitter <- Seq(0, 10, 100) if cpus < 64 || jitter != 10)
    s"$variant on $cpus CPUs with links up to $jitter times as slow" should {
      "raise no alarm" in shouldBeHealthy(simulate(jittered(variant, cpus, jitter)))
    }

  "Slow links" should {
    "change the run with the seed, and give one digest for one seed" in {
      def digest(seed: Long) = simulate(jittered("delayed-flush", 4, 100, seed)).outcome.digest
      digest(1) shouldBe digest(1)
      digest(1) should not be digest(2)
    }
    "not hide the hang" in {
      simulate(jittered(Hanging, 16, 100)).report.verdict shouldBe Verdict.DEADLOCK
    }
  }

  "A slow host" should {
    "change nothing in the report" in {
      val setup = Plan("delayed-flush", 4).setup
      val usual = simulate(setup)
      val machine = new EmulatedMachine(setup)
      val judge = new MachineJudge(setup)
      val outcome = SequentialEngine.run(new Throttled(machine), judge)
      val slow = new ReportBuilder(machine.shared, judge.ending.get, outcome.finalReports).build()
      outcome.digest shouldBe usual.outcome.digest
      slow.console.asScala shouldBe usual.report.console.asScala
      slow.trace.asScala shouldBe usual.report.trace.asScala
      slow.parts shouldBe usual.report.parts
    }
  }

  private implicit class Parts(report: stillpoint.kernel.report.RunReport) {
    def parts = (report.verdict, report.verdictAtNanos, report.cycle, report.lockups, report.warnings,
      report.counters, report.faults, report.cpus, report.guest)
  }

  /** A model whose processes now and then keep the host waiting. */
  private class Throttled(model: Model) extends Model {
    override def size: Int = model.size
    override def nameOf(id: Int): String = model.nameOf(id)
    override def lookaheadCycles: Long = model.lookaheadCycles
    override def places: Int = model.places
    override def placeOf(id: Int): Int = model.placeOf(id)
    override def create(id: Int): LogicalProcess = {
      val process = model.create(id)
      new LogicalProcess {
        private var calls = id
        private def dawdle(): Unit = {
          calls += 1
          if (calls % 997 == 0) Thread.sleep(3)
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
}
