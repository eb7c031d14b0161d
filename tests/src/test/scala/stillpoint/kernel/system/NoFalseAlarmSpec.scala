package stillpoint.kernel.system

import scala.jdk.CollectionConverters._

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.kernel.report.Verdict
import stillpoint.kernel.system.Machines._

/** A healthy machine is called healthy, however slow its links are and however slow the host is. */
@RunWith(classOf[JUnitRunner])
class NoFalseAlarmSpec extends AnyWordSpec with Matchers {
  private def jittered(variant: String, cpus: Int, jitter: Int, seed: Long = 42): Plan =
    Plan(variant, cpus, machine = s"latency.jitter = $jitter", limits = "virtual-time = 10s", seed = seed)

  /** Whether a waiting IPI goes to every CPU for every word. */
  private def waits(variant: String): Boolean = variant == "irqsave" || variant == "upstream+wait-ipi"

  /** One function is traced. */
  private def filtered(plan: Plan): Plan = {
    val sites = new EmulatedMachine(plan.setup).shared.sites.sites.asScala
    plan.copy(script = Some(Seq(
      Typed("50us", 5, s"echo ${sites.head.function} > /debug/tracing/set_ftrace_filter"), Typed("60us", 5, EnableLine))))
  }

  private def shouldBeHealthy(variant: String, run: Run): Unit = {
    // irqsave does wrong, and is told so: it is no alarm of a detector
    val warned = variant == "irqsave" && run.setup.board.cpuCount > 1
    run.report.verdict shouldBe (if (warned) Verdict.WARNINGS else Verdict.HEALTHY)
    run.report.lockups shouldBe empty
    if (!warned) run.report.warnings shouldBe empty
    run.report.console.asScala.filter(_.matches("(?i).*(lockup|stall|blocked for more).*")) shouldBe empty
  }

  /** Variants that neither hang nor do anything wrong. */
  private val healthy = Seq("mailbox-nowait", "delayed-flush", "irqsave", "upstream", "upstream+wait-ipi")

  /** Few CPUs of a large machine run the guest, so that the run is not long; those in between have to be stopped all the same. */
  private def large(variant: String, cpus: Int, jitter: Int, seed: Long): Plan = {
    val few = Seq(0, 5, cpus / 2, cpus - 1)
    jittered(variant, cpus, jitter, seed).copy(
      board = Some("generic"), runOn = few.mkString("\"", ",", "\""),
      machine = s"latency.jitter = $jitter" + (if (variant == "mailbox-nowait") ", interrupt-controller = octeon-ciu" else ""))
  }

  // every variant at every size with the slowest links; where each word waits for an IPI to each CPU, one word is traced
  // above 16 CPUs. Faster links up to 64 CPUs.
  for (variant <- healthy; cpus <- Seq(1, 16, 64); jitter <- Seq(0, 10, 100) if cpus < 64 || jitter != 10)
    s"$variant on $cpus CPUs with links up to $jitter times as slow" should {
      "raise no alarm" in {
        val plan = jittered(variant, cpus, jitter)
        shouldBeHealthy(variant, simulate(if (waits(variant) && cpus > 16) filtered(plan) else plan))
      }
    }
  for (variant <- healthy; cpus <- Seq(1024, 4097))
    s"$variant on $cpus CPUs with links up to 100 times as slow" should {
      "raise no alarm" in {
        val plan = large(variant, cpus, 100, seed = cpus + variant.length)
        shouldBeHealthy(variant, simulate(if (waits(variant)) filtered(plan) else plan))
      }
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
}
