package stillpoint.kernel.system

import org.junit.runner.RunWith
import org.scalatestplus.junit.JUnitRunner
import stillpoint.kernel.protocols.{ProtocolPair, Shipped}
import stillpoint.kernel.report.Verdict
import stillpoint.kernel.system.Machines._

/**
 * A livelock is events without progress. Goal: to see one that is real, and to see none in machines that are only slow. Method:
 * two CPUs that refuse each other two locks for ever, and relatives of theirs that get done at last.
 */
@RunWith(classOf[JUnitRunner])
class ProgressSpec extends ProtocolPair {
  aPair("trylock-opposite", "trylock-ordered", Verdict.LIVELOCK)

  "Two CPUs that refuse each other two locks" should {
    lazy val run = Shipped.run("trylock-opposite")
    "be called livelocked after a second of virtual time without progress, not sooner" in {
      run.report.verdictAtNanos should (be >= 1_000_000_000L and be <= 1_002_000_000L)
    }
    "be busy, with irqs on, and wait for nobody" in {
      for (cpu <- Seq(1, 2)) {
        val state = run.report.cpus.get(cpu)
        state.irqsOn shouldBe true
        state.stack.get(0) shouldBe "test_trylock_pair"
      }
      run.report.cycle shouldBe empty
      run.report.lockups shouldBe empty
      run.outcome.quiescent shouldBe false
    }
    "get done if one of them pauses for longer" in {
      val other = Shipped.changed("trylock-opposite", "first=b" -> "first=b pause=777us")
      other.report.verdict shouldBe Verdict.HEALTHY
    }
    "not be livelocked while a third CPU's guest gets on" in {
      val other = Shipped.changed("trylock-opposite", "run-on = \"1-2\"" -> "run-on = \"1-3\"", "board = xls416" -> "board = xls416, clock-mhz = 2",
        "virtual-time = 10s" -> "virtual-time = 1100ms")
      other.report.verdict shouldBe Verdict.LIMIT_REACHED
    }
  }
  "Slow progress" should {
    "not be a livelock: one piece of work of more than a second" in {
      val run = Shipped.runText("""machine { board = xls416, cpus = 2 }, guest { run-on = "1" }, limits { virtual-time = 5s }
        |script = [ { at = 100us, on = 1, run = "modprobe test_irqs_off wait=delay for=1200ms" } ]""".stripMargin)
      run.report.verdict shouldBe Verdict.HEALTHY
      run.report.verdictAtNanos should be >= 1_200_000_000L
    }
    "not be a livelock: a thousand times slower CPUs, of which each pass of the guest takes a long time" in {
      val run = simulate(Plan("delayed-flush", 2, machine = "clock-mhz = 1", limits = "virtual-time = 2s",
        script = Some(Seq(Typed("1500ms", 1, EnableLine)))))
      run.report.verdict shouldBe Verdict.HEALTHY
      run.report.verdictAtNanos should be >= 1_500_000_000L
    }
    "not be a livelock: a lock that is long in coming" in {
      val run = Shipped.runText("""machine { board = xls416, cpus = 2 }, guest { run-on = "0-1" }, limits { virtual-time = 5s }
        |script = [ { at = 100us, on = 0, run = "modprobe test_lock_user hold=1100ms" }
        |           { at = 200us, on = 1, run = "modprobe test_lock_user hold=1us" } ]""".stripMargin)
      run.report.verdict shouldBe Verdict.HEALTHY
      run.report.verdictAtNanos should be >= 1_100_000_000L
    }
  }
}
