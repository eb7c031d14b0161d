package stillpoint.kernel.protocols

import java.nio.file.Path
import java.util.{List => JList}

import scala.jdk.CollectionConverters._

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.clusterconfig.{Overrides, Scenario, ScenarioReader}
import stillpoint.kernel.explore.Explored
import stillpoint.kernel.report.Verdict
import stillpoint.kernel.system.EmulatedMachine
import stillpoint.machine.elf.{ElfImage, GuestFiles}
import stillpoint.machine.explore.{Delay, Schedule, Strategy}
import stillpoint.machine.time.SeededRandom

/**
 * Goal: where stores wait in buffers, the modelled kernel is right because of its barriers, and of nothing else. Method: every
 * protocol under tso and pso, over seeds, lengths of delays and explored schedules: all is well; then one barrier less, and what
 * comes of it is found.
 */
@RunWith(classOf[JUnitRunner])
class MissingBarriersSpec extends AnyWordSpec with Matchers {
  private var images = Map.empty[String, ElfImage]
  private val reader = new ScenarioReader((name, _) => {
    val file = name.split('/').last
    if (!images.contains(file)) images += file -> GuestFiles.image(file)
    images(file)
  }, JList.of(Path.of(System.getProperty("stillpoint.root", "."))))

  private val most = 20000L

  private case class Kernel(order: String, missing: Seq[String], script: Seq[String], delay: Int = 60, settings: String = "") {
    lazy val scenario: Scenario = reader.read("spec.conf",
      s"""machine { board = generic, cpus = 4, memory-order = $order, store-buffer { drain-delay = $delay cycles } }
         |kernel { variant = upstream $settings
         |  missing-barriers = [${missing.map(one => s"\"$one\"").mkString(", ")}] }
         |guest { elf = "guest/functions.elf", run-on = none }
         |script = [ ${script.mkString(", ")} ]
         |limits { virtual-time = 5s, settle = 10us }
         |""".stripMargin, Overrides.NONE)
    private lazy val machine = new EmulatedMachine(scenario.setup)

    def run(seed: Long, schedule: Schedule): Explored = Explored.run(machine.varied(scenario.setup.`with`(seed, schedule)))
    lazy val profile = run(42, Schedule.counting(most, 5000)).profile

    def explored(strategy: Strategy, number: Int): Explored = {
      val random = SeededRandom.ofSeed(7).fork(s"$strategy").fork(number)
      run(random.nextLong, strategy.draw(random.nextLong, profile, most, 3))
    }
  }

  private def typed(micros: Int, cpu: Int, line: String) = s"""{ at = ${micros}us, on = $cpu, run = "$line" }"""

  private val stopMachine = Seq(typed(20, 0, "insmod stop_machine_test.ko"), typed(30, 2, "insmod stop_machine_test.ko"))
  private val hotplug = Seq(
    typed(20, 0, "echo 0 > /sys/devices/system/cpu/cpu1/online"), typed(60, 0, "echo 1 > /sys/devices/system/cpu/cpu1/online"))
  private val goingDown = hotplug.take(1)
  private val calls = Seq(typed(20, 0, "modprobe test_smp_call target=1"), typed(21, 2, "modprobe test_smp_call target=1"))

  private val protocols: Seq[(String, Seq[String])] = Seq(
    "stop_machine" -> stopMachine,
    "hotplug" -> hotplug,
    "a stopper enabled early" -> Seq(typed(20, 0, "modprobe test_cpu_hotplug cpu=3 stopper=early")),
    "stop_two_cpus" -> Seq(
      typed(20, 0, "modprobe test_stop_two_cpus cpus=2,3"), typed(20, 1, "modprobe test_stop_two_cpus cpus=3,2")),
    "calls" -> calls,
    "calls, stop_machine and stop_two_cpus" -> (calls ++ Seq(
      typed(60, 1, "insmod stop_machine_test.ko"), typed(600, 3, "modprobe test_stop_two_cpus cpus=1,2"))),
    "a shootdown" -> Seq(
      typed(20, 0, "modprobe test_tlb_shootdown target=1 unlock=before"), typed(22, 1, "modprobe test_lock_user irqs=off"),
      typed(22, 2, "modprobe test_lock_user irqs=on")),
    "expedited grace periods" -> Seq(
      typed(20, 0, "modprobe test_rcu_expedited unlock=before"), typed(22, 1, "modprobe test_lock_user irqs=off"),
      typed(25, 2, "modprobe test_rcu_expedited")),
    "kgdb" -> Seq(typed(20, 0, "modprobe test_kgdb roundup=timeout")),
    "trylocks" -> Seq(
      typed(20, 0, "modprobe test_trylock_pair first=a hold=5us pause=5us"),
      typed(21, 1, "modprobe test_trylock_pair first=a hold=5us pause=5us")),
    "watchdog_thresh" -> Seq(typed(20, 0, "echo 5 > /proc/sys/kernel/watchdog_thresh"), typed(60, 1, "insmod stop_machine_test.ko")),
    "backtraces" -> Seq(typed(20, 0, "echo l > /proc/sysrq-trigger")))

  private val tracer = Seq(
    typed(20, 1, "echo function > /debug/tracing/current_tracer"), typed(60, 2, "echo nop > /debug/tracing/current_tracer"))

  private def well(clue: String, run: Explored): Unit =
    withClue(s"$clue: ${run.cause.text} ")(run.cause.verdict shouldBe Verdict.HEALTHY)

  "With all barriers every protocol" should {
    for (order <- Seq("tso", "pso"); (name, script) <- protocols)
      s"be healthy under $order: $name" in {
        for (delay <- Seq(1, 60, 700)) {
          val kernel = Kernel(order, Nil, script, delay)
          for (seed <- 1 to 40) well(s"$delay cycles, seed $seed", kernel.run(seed, Schedule.NONE))
        }
        val kernel = Kernel(order, Nil, script)
        for (strategy <- Seq(Strategy.RANDOM, Strategy.CHAOS); number <- 1 to 60)
          well(s"$strategy, run $number", kernel.explored(strategy, number))
      }
    for (order <- Seq("tso", "pso"); variant <- Seq("delayed-flush", "mailbox-nowait", "upstream+wait-ipi"))
      s"be healthy under $order: the tracer of $variant" in {
        val kernel = Kernel(order, Nil, tracer, settings = s", variant = \"$variant\", warn-irqs-disabled = false")
        for (seed <- 1 to 3) well(s"seed $seed", kernel.run(seed, Schedule.NONE))
      }
    "be healthy with buffers too small for the kernel, of one store or of four" in {
      for (entries <- Seq(1, 3, 4); (name, script) <- protocols; seed <- 1 to 3) {
        val scenario = reader.read("spec.conf",
          s"""machine { board = generic, cpus = 4, memory-order = pso, store-buffer { entries = $entries } }
             |guest { elf = "guest/functions.elf", run-on = none }
             |script = [ ${script.mkString(", ")} ]
             |limits { virtual-time = 5s, settle = 10us }
             |""".stripMargin, Overrides.NONE)
        well(s"$entries, $name, $seed", Explored.run(new EmulatedMachine(scenario.setup.`with`(seed, Schedule.NONE))))
      }
    }
  }

  /** Causes of runs of a strategy that are not healthy. */
  private def found(kernel: Kernel, runs: Int): Seq[Explored] =
    for (strategy <- Seq(Strategy.RANDOM, Strategy.SWARM); number <- 1 to runs; run = kernel.explored(strategy, number)
      if run.cause.verdict != Verdict.HEALTHY) yield run

  "Without the barrier in set_state() stop_machine" should {
    val kernel = Kernel("pso", Seq("set_state"), goingDown, delay = 1)
    "hang when the new count is late, all CPUs waiting for each other's acknowledgement" in {
      well("undisturbed", kernel.run(42, Schedule.NONE))
      val hung = found(kernel, 400)
      hung should not be empty
      for (run <- hung) {
        run.cause.text shouldBe "deadlock: multi_cpu_stop waits for stop_machine state of multi_cpu_stop; circle of 2"
        run.struck.asScala.exists(_.kind == Delay.Kind.STORE) shouldBe true
        for (edge <- run.report.cycle.asScala) {
          edge.waitsFor should not contain edge.cpu
          edge.because should include("all have acknowledged")
          edge.because should include("an acknowledgement is lost")
        }
      }
    }
    "hang in runs that nobody disturbs, where delays are longer" in {
      val undisturbed = Kernel("pso", Seq("set_state"), Seq(typed(20, 0, "modprobe test_stop_two_cpus cpus=1,2")))
      val verdicts = (1 to 40).map(seed => undisturbed.run(seed, Schedule.NONE).cause.verdict).toSet
      verdicts shouldBe Set(Verdict.HEALTHY, Verdict.DEADLOCK)
    }
    "not hang where stores keep their order" in {
      found(kernel.copy(order = "tso"), 400) shouldBe empty
    }
    "hang for that one late store, as the shipped scenario does, and not with the barrier" in {
      val hung = Shipped.run("stop-machine-missing-wmb")
      hung.report.verdict shouldBe Verdict.DEADLOCK
      hung.report.cycle.asScala.map(edge => edge.cpu -> edge.waitsFor.asScala.map(_.toInt).toSeq).toMap shouldBe
        Map(0 -> Seq(1, 2), 1 -> Seq(0, 2), 2 -> Seq(0, 1))
      val mended = Shipped.changed("stop-machine-missing-wmb", ", missing-barriers = [\"set_state\"]" -> "")
      mended.report.verdict shouldBe Verdict.HEALTHY
      Shipped.changed("stop-machine-missing-wmb", "store 0" -> "store 1").report.verdict shouldBe Verdict.HEALTHY
      Shipped.run("stop-machine-wmb").report.verdict shouldBe Verdict.HEALTHY
    }
    "be the same run on threads" in {
      for (name <- Seq("stop-machine-missing-wmb", "stop-machine-wmb"); threads <- Seq(1, 2))
        Shipped.onThreads(name, threads).outcome.digest shouldBe Shipped.run(name).outcome.digest
    }
  }

  "Without the release in csd_unlock() a call" should {
    "come back before its answer is there" in {
      val causes = found(Kernel("pso", Seq("csd_unlock"), calls), 100).map(_.cause.text).toSet
      causes shouldBe Set("warnings: test_smp_call: CPU # answered call # of CPU # with #")
    }
    "not do so where stores keep their order" in {
      found(Kernel("tso", Seq("csd_unlock"), calls), 100) shouldBe empty
    }
  }

  "Without the barrier in llist_add() a call" should {
    "be lost, or be made with what its csd held before" in {
      val verdicts = found(Kernel("pso", Seq("llist_add"), calls), 1200).map(_.cause.verdict).toSet
      verdicts should contain(Verdict.LOST_MESSAGE)
      verdicts should contain(Verdict.WARNINGS)
      verdicts.diff(Set(Verdict.LOST_MESSAGE, Verdict.WARNINGS, Verdict.DEADLOCK)) shouldBe empty
    }
    "be lost where stores keep their order too: the cmpxchg is none of those in the buffer" in {
      found(Kernel("tso", Seq("llist_add"), calls), 600) should not be empty
    }
  }

  "The barrier in csd_lock()" should {
    "not be missed as long as that in llist_add() is there" in {
      found(Kernel("pso", Seq("csd_lock"), calls), 200) shouldBe empty
    }
  }
}
