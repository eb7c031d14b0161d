package stillpoint.kernel.cpu

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import scala.collection.mutable
import stillpoint.kernel.system.Machines._

/**
 * Goal: an interrupt that a spinning CPU may take is taken at once, also if it came while the CPU still waited for the line that it
 * then spins on. Method: machines whose CPUs call each other and wait with irqs on, looked at every 200 ns.
 */
@RunWith(classOf[JUnitRunner])
class SpinInterruptSpec extends AnyWordSpec with Matchers {
  private def deaf(plan: Plan): Seq[String] = {
    val found = mutable.ArrayBuffer.empty[String]
    observe(plan.setup, new Watching(plan.setup, 200, { (cycle, cpus) =>
      cpus.filter(cpu => cpu.blocked.isPresent && cpu.irqsOn && !cpu.pendingInterrupts.isEmpty)
        .foreach(cpu => found += s"seed ${plan.seed}, cycle $cycle: CPU ${cpu.cpu} spins in ${cpu.stack} with ${cpu.pendingInterrupts} pending")
      cycle > plan.setup.board.cycleAt(1_500_000)
    }))
    found.toSeq
  }

  "A CPU that spins with irqs on" should {
    for ((name, order) <- Seq("sc" -> "", "pso" -> "memory-order = pso,"))
      s"let no interrupt wait that came while it was stalled ($name)" in {
        // three spin for one lock, whose line comes and goes, while three others call them
        def lines(round: Int) = (0 until 3).flatMap(cpu => Seq(
          Typed(s"${20000 + 9000 * round + 11 * cpu}ns", cpu, "modprobe test_lock_user irqs=on hold=1us"),
          Typed(s"${18000 + 9000 * round + 170 * cpu}ns", cpu + 3, s"modprobe test_smp_call target=$cpu calls=8 gap=100ns")))
        for (seed <- 1L to 12L) deaf(Plan(
          "upstream+wait-ipi", 6, machine = s"$order latency.jitter = ${seed % 4}", script = Some((0 until 6).flatMap(lines)), runOn = "none",
          seed = seed, limits = "virtual-time = 2ms")) shouldBe empty
        for (seed <- 1L to 3L) deaf(Plan(
          "upstream+wait-ipi", 6, machine = s"$order latency.jitter = $seed", seed = seed, limits = "virtual-time = 2ms")) shouldBe empty
      }
  }
}
