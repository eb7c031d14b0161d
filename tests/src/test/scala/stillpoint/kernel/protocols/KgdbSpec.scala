package stillpoint.kernel.protocols

import scala.jdk.CollectionConverters._

import org.junit.runner.RunWith
import org.scalatestplus.junit.JUnitRunner
import stillpoint.kernel.report.Verdict

/** The kernel debugger rounds CPUs up by an IPI: one with irqs off does not come, and nothing may flush meanwhile. */
@RunWith(classOf[JUnitRunner])
class KgdbSpec extends ProtocolPair {
  private val TimedOut = "KGDB: Timed out waiting for secondary CPUs."

  aPair("kgdb-roundup-for-ever", "kgdb-roundup-timeout")

  "A debugger that waits for all for ever" should {
    lazy val run = Shipped.run("kgdb-roundup-for-ever")
    "wait for the one CPU that spins with irqs off on what the debugging CPU holds" in {
      waits(run).map(_.cpu).toSet shouldBe Set(1, 8)
      edge(run, 1).what shouldBe "kgdb roundup"
      targets(edge(run, 1)) shouldBe Seq(8)
      edge(run, 8).what shouldBe "test_lock"
      targets(edge(run, 8)) shouldBe Seq(1)
    }
    "have rounded up the others, each inside the IPI's handler with irqs off" in {
      for (cpu <- run.report.cpus.asScala if cpu.cpu != 1 && cpu.cpu != 8) {
        cpu.stack.get(0) shouldBe "kgdb_nmicallback"
        cpu.irqsOn shouldBe false
      }
    }
    "only be slow if that CPU has its irqs off for a while" in {
      val run = Shipped.changed("kgdb-roundup-timeout", "roundup=timeout timeout=1ms" -> "roundup=for-ever")
      run.report.verdict shouldBe Verdict.HEALTHY
      run.report.console.asScala.exists(_.contains(TimedOut)) shouldBe false
    }
  }

  "A debugger that stops waiting" should {
    lazy val run = Shipped.run("kgdb-roundup-timeout")
    "say so and go on after its time" in {
      run.report.console.asScala.count(_.contains(TimedOut)) shouldBe 1
    }
    "change text at once, and flush only when all run again" in {
      val stores = run.cpus.flatMap(_.logs.stores.asScala)
      val flushes = run.cpus.flatMap(_.logs.flushes.asScala)
      stores should have size 1
      flushes.map(_.startCycle).distinct should have size 1
      flushes.head.startCycle should be >= stores.head.cycle + run.setup.board.cycleAt(20_000)
      // the flush has to wait for the CPU with irqs off: 3 ms
      flushes.map(_.returnCycle).min should be > run.setup.board.cycleAt(3_000_000)
    }
    "find nobody left in the debugger, not even the CPU that took its IPI late" in {
      // the shells' two and the guests': every task is through
      run.taken("call-function") should be >= 15L + 14
      run.cpus.exists(_.shellBusy) shouldBe false
    }
    "still hang if it was entered under a lock that the missing CPU wants: its flush needs that CPU too" in {
      val held = Shipped.changed("kgdb-roundup-for-ever", "roundup=for-ever" -> "roundup=timeout")
      held.report.verdict shouldBe Verdict.DEADLOCK
      edge(held, 1).what shouldBe "csd in use" // by the roundup itself, which that CPU has not taken
      targets(edge(held, 1)) shouldBe Seq(8)
      held.report.console.asScala.count(_.contains(TimedOut)) shouldBe 1
    }
  }

  "A debugger that flushes while it holds the others" should {
    lazy val run = Shipped.run("kgdb-flush-inside")
    "hang: the held CPUs have irqs off" in {
      run.report.verdict shouldBe Verdict.DEADLOCK
      edge(run, 1).what shouldBe "csd"
      targets(edge(run, 1)) shouldBe (0 until 16).filter(_ != 1)
      edge(run, 0).what shouldBe "kgdb_active"
      run.report.verdictAtNanos should be <= waits(run).map(_.sinceNanos).max + 1_000_000L
    }
    "give one digest on any number of threads" in {
      for (threads <- Seq(1, 2))
        Shipped.onThreads("kgdb-flush-inside", threads).outcome.digest shouldBe run.outcome.digest
    }
  }
}
