package stillpoint.kernel.explore

import java.nio.file.Path
import java.util.{List => JList}

import scala.jdk.CollectionConverters._

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.actors.{RunOptions, Simulation}
import stillpoint.actors.snapshot.CborSnapshots
import stillpoint.clusterconfig.{Overrides, Scenario, ScenarioError, ScenarioReader}
import stillpoint.kernel.report.Verdict
import stillpoint.kernel.system.{EmulatedMachine, MachineJudge, MachineSetup, PackedSetup}
import stillpoint.machine.elf.ElfReader
import stillpoint.machine.explore.{Delay, Schedule, Strategy}
import stillpoint.machine.time.{MachineSnapshot, SequentialEngine, SnapshotSchedule}

/**
 * Goal: a run under a schedule is a run like any other. Method: schedules of all strategies over a protocol with two bugs, run on
 * one thread, on several, from a snapshot, from their texts, from their bytes, and from single decisions instead of plans: one digest.
 */
@RunWith(classOf[JUnitRunner])
class ScheduledRunsSpec extends AnyWordSpec with Matchers {
  private val reader = new ScenarioReader((name, file) => ElfReader.read(name, file), JList.of(Path.of(System.getProperty("stillpoint.root", "."))))

  private val text =
    """machine { board = generic, cpus = 4 }
      |kernel { variant = upstream }
      |guest { elf = "guest/functions.elf", run-on = none }
      |script = [
      |  { at = 10us, on = 0, run = "modprobe test_tlb_shootdown target=1 unlock=after gap=100ns" }
      |  { at = 25us, on = 1, run = "modprobe test_lock_user irqs=off" }
      |  { at = 11us, on = 2, run = "modprobe test_stop_two_cpus cpus=1,3 order=given" }
      |  { at = 30us, on = 3, run = "modprobe test_stop_two_cpus cpus=3,1 order=given" }
      |]
      |limits { virtual-time = 1s, settle = 10us }
      |""".stripMargin

  private def scenario(text: String): Scenario = reader.read("spec.conf", text, Overrides.NONE)

  private lazy val base = scenario(text)
  private val most = 20000L
  private lazy val counted = Explored.run(new EmulatedMachine(base.setup.`with`(42, Schedule.counting(most, 5000))))

  private def drawn(strategy: Strategy, number: Int): MachineSetup =
    base.setup.`with`(number, strategy.draw(number, counted.profile, most, 3))

  private lazy val some: Seq[MachineSetup] = for (strategy <- Strategy.values.toSeq; number <- 1 to 6) yield drawn(strategy, number)

  private lazy val buffered = scenario(text.replace("cpus = 4", "cpus = 4, memory-order = pso"))
  private lazy val someBuffered: Seq[MachineSetup] = {
    val profile = run(buffered.setup.`with`(42, Schedule.counting(most, 5000))).profile
    for (strategy <- Strategy.values.toSeq; number <- 1 to 3)
      yield buffered.setup.`with`(number, strategy.draw(number, profile, most, 3))
  }

  private def run(setup: MachineSetup): Explored = Explored.run(new EmulatedMachine(setup))

  "A run under a schedule" should {
    "give one digest on one thread and on several, with actors and without" in {
      for (setup <- some; threads <- Seq(1, 2, 3))
        Simulation.run(new EmulatedMachine(setup), new MachineJudge(setup), RunOptions.onThreads(threads)).digest shouldBe run(setup).digest
    }
    "give the same one from single decisions in place of its plans" in {
      for (setup <- some) {
        val planned = run(setup)
        val listed = run(setup.`with`(setup.seed, setup.schedule.listing(planned.struck)))
        listed.digest shouldBe planned.digest
        listed.report shouldBe planned.report
        listed.struck shouldBe planned.struck
      }
    }
    "give the same one when it goes on from a snapshot" in {
      val ways = for (setup <- some) yield {
        val machine = new EmulatedMachine(setup)
        var snapshots = Vector.empty[MachineSnapshot]
        val every = new SnapshotSchedule(20000)
        val whole = SequentialEngine.run(machine, new MachineJudge(setup), every, new CborSnapshots(machine), snapshots :+= _)
        for (snapshot <- snapshots) {
          val again = new EmulatedMachine(setup)
          SequentialEngine.resume(again, new MachineJudge(setup), every, new CborSnapshots(again), snapshot, _ => ()).digest shouldBe whole.digest
        }
        snapshots.size
      }
      // who deadlocks before the first cut leaves none
      ways.sum should be > 3
    }
    "do all that where stores wait in buffers and are late too" in {
      val kinds = for (setup <- someBuffered) yield {
        val whole = run(setup)
        val listed = run(setup.`with`(setup.seed, setup.schedule.listing(whole.struck)))
        listed.digest shouldBe whole.digest
        listed.struck shouldBe whole.struck
        scenario(buffered.`with`(setup.`with`(setup.seed, setup.schedule.listing(whole.struck))).effective).setup.schedule.delays shouldBe whole.struck
        scenario(buffered.`with`(setup).effective).setup.schedule shouldBe setup.schedule
        Simulation.run(new EmulatedMachine(setup), new MachineJudge(setup), RunOptions.onThreads(2)).digest shouldBe whole.digest
        val machine = new EmulatedMachine(setup)
        var snapshots = Vector.empty[MachineSnapshot]
        val every = new SnapshotSchedule(20000)
        SequentialEngine.run(machine, new MachineJudge(setup), every, new CborSnapshots(machine), snapshots :+= _).digest shouldBe whole.digest
        for (snapshot <- snapshots) {
          val again = new EmulatedMachine(setup)
          SequentialEngine.resume(again, new MachineJudge(setup), every, new CborSnapshots(again), snapshot, _ => ()).digest shouldBe whole.digest
        }
        whole.struck.asScala.map(_.kind).toSet
      }
      // with buffers no start is in common, so none is late
      kinds.reduce(_ ++ _) shouldBe Delay.Kind.values.toSet - Delay.Kind.START
      counted.profile.works.asScala.map(_.endStore).sum shouldBe 0
    }
    "be read from its text as it was" in {
      for (setup <- some; listed <- Seq(setup, setup.`with`(setup.seed, setup.schedule.listing(run(setup).struck)))) {
        val read = scenario(base.`with`(listed).effective).setup
        read.schedule shouldBe listed.schedule
        read.seed shouldBe listed.seed
      }
    }
    "travel to other nodes as it is" in {
      val codec = PackedSetup.codecs().of(classOf[MachineSetup])
      for (setup <- some) codec.fromBytes(codec.toBytes(setup)).schedule shouldBe setup.schedule
    }
    "be the undisturbed run if nothing is late" in {
      counted.digest shouldBe Explored.run(new EmulatedMachine(base.setup.`with`(42, Schedule.NONE))).digest
      counted.struck.size shouldBe 0
    }
    "never lose a message: what is found has a circle, or all is well" in {
      for (strategy <- Strategy.values; number <- 100 until 160) {
        val verdict = run(drawn(strategy, number)).cause.verdict
        Set(Verdict.HEALTHY, Verdict.DEADLOCK) should contain(verdict)
      }
    }
  }

  "Causes" should {
    "be equal for the same bug on other CPUs, and differ for another bug" in {
      def cause(text: String) = run(scenario(text).setup).cause
      def shootdown(a: Int, b: Int) =
        s"""machine { board = generic, cpus = 8 }
           |kernel { variant = upstream }
           |guest { elf = "guest/functions.elf", run-on = none }
           |script = [ { at = 10us, on = $a, run = "modprobe test_tlb_shootdown target=$b unlock=after" }
           |  { at = 12us, on = $b, run = "modprobe test_lock_user irqs=off" } ]
           |""".stripMargin
      val one = cause(shootdown(0, 1))
      one.verdict shouldBe Verdict.DEADLOCK
      cause(shootdown(6, 3)) shouldBe one
      one.text should include("circle of 2")
      val other = cause(shootdown(0, 1).replace("unlock=after", "unlock=before"))
      other.verdict shouldBe Verdict.HEALTHY
      other.signature should not be one.signature
    }
  }

  "A schedule that cannot be" should {
    "be refused in one line that names the key" in {
      for ((schedule, named) <- Seq(
          "most-cycles = 0" -> "schedule.most-cycles",
          "most-cycles = 10, delays = [\"cpu0 message 1 late 11\"]" -> "schedule.delays",
          "most-cycles = 10, delays = [\"cpu9 message 1 late 1\"]" -> "cpu9",
          "most-cycles = 10, delays = [\"cpu0 word 1 late 1\"]" -> "schedule.delays",
          "most-cycles = 10, delay = []" -> "schedule.delay",
          "most-cycles = 10, plans = [ { kind = lucky } ]" -> "kind",
          "most-cycles = 10, plans = [ { kind = uniform, seed = 1, per-mille = 1001, reach-cycles = 1 } ]" -> "per-mille",
          "most-cycles = 10, plans = [ { kind = starvation, outages = [\"cpu0 all 20 10\"] } ]" -> "outages",
          "most-cycles = 10, plans = [ { kind = priorities, reach-cycles = 10, links = [\"cpu0 cpu0x\"], changes = [] } ]" -> "links")) {
        val refused = the[ScenarioError] thrownBy scenario(s"$text\nschedule { $schedule }")
        withClue(schedule)(refused.getMessage should include(named))
        refused.getMessage.linesIterator should have size 1
      }
    }
  }
}
