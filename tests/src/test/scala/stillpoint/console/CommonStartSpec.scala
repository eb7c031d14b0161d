package stillpoint.console

import java.nio.file.Path
import java.util.{List => JList}

import scala.jdk.CollectionConverters._
import scala.jdk.OptionConverters._

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.actors.{RunOptions, Simulation}
import stillpoint.actors.snapshot.CborSnapshots
import stillpoint.clusterconfig.{Overrides, Scenario, ScenarioReader}
import stillpoint.kernel.explore.{CommonStart, Explored}
import stillpoint.kernel.system.{EmulatedMachine, MachineJudge, MachineSetup, PackedSetup}
import stillpoint.machine.elf.ElfReader
import stillpoint.machine.explore.{Delay, Schedule, Strategy}
import stillpoint.machine.time.BrokenInvariant

/**
 * Goal: a variation that goes on from the snapshot of a common start is the run that begins at cycle 0. Method: variations of
 * all strategies, with guests, watchdogs, faults with and without probabilities, hangs; each is made from its own text at
 * cycle 0 as well. Digest, report and decisions must be equal.
 */
@RunWith(classOf[JUnitRunner])
class CommonStartSpec extends AnyWordSpec with Matchers {
  private val reader = new ScenarioReader((name, file) => ElfReader.read(name, file), JList.of(Path.of(System.getProperty("stillpoint.root", "."))))

  private def scenario(text: String): Scenario = reader.read("spec.conf", text, Overrides.NONE)

  private def text(machine: String, kernel: String, faults: String, at: String = "1500us", guest: String = "all") =
    s"""seed = 7
       |machine { board = generic, $machine }
       |kernel { $kernel }
       |guest { elf = "guest/functions.elf", run-on = $guest }
       |script = [ { at = $at, on = 1, run = "echo function > /debug/tracing/current_tracer" } ]
       |faults = [ $faults ]
       |limits { virtual-time = 3ms }
       |""".stripMargin

  private val fix = text("cpus = 4", "variant = delayed-flush, preempt = full, hz = 1000", "")
  private val hang = text("cpus = 3", "variant = \"stop-machine+wait-ipi\", preempt = full", "")
  private val hurt = text("cpus = 4", "variant = \"upstream+wait-ipi\", preempt = full",
    """{ kind = cpu-frozen, cpu = 2, at = 300us, for = 20us }
      |{ kind = ipi-delayed, match { type = call-function }, by = 3us, probability = 0.3 }
      |{ kind = irqs-held, cpu = 3, at = 400us, for = 30us }
      |""".stripMargin)
  private val few = text("cpus = 4", "variant = irqsave, preempt = full", "", guest = "[0, 2]")

  private def variations(text: String, strategy: Strategy) = new Variations(scenario(text).setup, new Variations.How(strategy, 3, 20000))

  private def fromZero(setup: MachineSetup): Explored = Explored.run(new EmulatedMachine(setup))

  private def same(one: Explored, other: Explored): Unit = {
    one.digest shouldBe other.digest
    one.report shouldBe other.report
    one.struck shouldBe other.struck
    one.cause shouldBe other.cause
    one.events shouldBe other.events
  }

  for ((name, text) <- Seq("a fix with ticks" -> fix, "a hang" -> hang, "faults" -> hurt, "guests on some CPUs" -> few))
    s"Variations of $name" should {
      "be the same runs from the common start and from cycle 0, for each strategy" in {
        for (strategy <- Strategy.values.toSeq) {
          val runs = variations(text, strategy)
          runs.commonStart.isPresent shouldBe true
          for (number <- 0L to 3L) withClue(s"$strategy $number: ") {
            val made = runs.run(number, () => false).get
            val result = made.result.get
            same(result, fromZero(made.setup))
            val again = scenario(scenario(text).`with`(made.setup).effective).setup
            fromZero(again).digest shouldBe result.digest
          }
        }
      }
    }

  "Runs with a common start" should {
    lazy val runs = variations(fix, Strategy.RANDOM)
    "begin just before their schedules, which make each guest late as a seed of their own says" in {
      val made = (0L to 5L).map(runs.run(_, () => false).get)
      made.foreach(run => runs.commonStart.getAsLong should be <= run.setup.schedule.fromCycle)
      val starts = made.map(_.result.get.struck.asScala.filter(_.kind == Delay.Kind.START).map(one => one.process -> one.cycles))
      starts.foreach(_.map(_._1) shouldBe (0 to 3))
      starts.distinct should have size 6
      starts.flatten.map(_._2).max should be < 2000L
    }
    "be the same when single decisions stand for their plans" in {
      val made = runs.run(2, () => false).get
      val listed = made.setup.`with`(made.setup.seed, made.setup.schedule.listing(made.result.get.struck))
      same(runs.run(listed, () => false), made.result.get)
      same(fromZero(listed), made.result.get)
      scenario(scenario(fix).`with`(listed).effective).setup.schedule shouldBe listed.schedule
    }
    "be the same on several threads, and travel to other nodes" in {
      val made = runs.run(3, () => false).get
      val codec = PackedSetup.codecs().of(classOf[MachineSetup])
      val travelled = codec.fromBytes(codec.toBytes(made.setup))
      travelled.schedule shouldBe made.setup.schedule
      travelled.guest.startSeed shouldBe made.setup.guest.startSeed
      for (threads <- Seq(1, 3))
        Simulation.run(new EmulatedMachine(made.setup), new MachineJudge(made.setup), RunOptions.onThreads(threads)).digest shouldBe made.result.get.digest
    }
    "begin at cycle 0 when a decision lies before it" in {
      val made = runs.run(2, () => false).get
      val early = new Delay(Delay.Kind.MESSAGE, 0, 3, 500)
      val setup = made.setup.`with`(made.setup.seed, made.setup.schedule.listing(JList.of(early)))
      val result = runs.run(setup, () => false)
      result.struck shouldBe JList.of(early)
      same(result, fromZero(setup))
    }
    "be given up when told, as others are" in {
      runs.run(0, () => true).toScala shouldBe None
    }
  }

  "There is no common start" when {
    def none(text: String): Unit = {
      val runs = variations(text, Strategy.RANDOM)
      runs.commonStart.isPresent shouldBe false
      val setup = runs.setup(1)
      setup.guest.startSeed.isPresent shouldBe false
      setup.schedule.plans should have size 1
      runs.run(1, () => false).get.result.get.digest shouldBe fromZero(setup).digest
    }
    "the script begins at once" in none(text("cpus = 2", "variant = delayed-flush", "", at = "100us"))
    "links have jitter, drawn from the run's seed from the beginning" in
      none(text("cpus = 2, latency { jitter = 2 }", "variant = delayed-flush", ""))
    "a fault with a probability could strike before" in
      none(text("cpus = 2", "variant = delayed-flush", "{ kind = slow-memory, by = 100ns, probability = 0.5 }"))
    "nothing happens before that costs more than a snapshot" in
      none(text("cpus = 2", "variant = delayed-flush", "", guest = "none"))
  }

  "A run that does not begin alike" should {
    "be refused" in {
      val machine = new EmulatedMachine(scenario(fix).setup)
      val quiet = machine.shared.setup
      val counting = Schedule.counting(20000, 1400000)
      val start = CommonStart.take(machine.varied(quiet.`with`(quiet.seed, counting)), CborSnapshots.ofCommonStart(_)).get
      // the seed decides when guests start, and it is another one
      val other = quiet.`with`(8L, counting)
      start.fits(other) shouldBe false
      a[BrokenInvariant] should be thrownBy start.run(machine.varied(other), judge => judge, CborSnapshots.ofCommonStart(_))
    }
  }
}
