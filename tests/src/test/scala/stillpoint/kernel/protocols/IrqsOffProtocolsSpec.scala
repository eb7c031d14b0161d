package stillpoint.kernel.protocols

import scala.jdk.CollectionConverters._

import org.junit.runner.RunWith
import org.scalatestplus.junit.JUnitRunner
import stillpoint.kernel.report.Verdict

/** Protocols that wait for another CPU to take an interrupt, and CPUs that cannot, because they have irqs off. */
@RunWith(classOf[JUnitRunner])
class IrqsOffProtocolsSpec extends ProtocolPair {
  aPair("tlb-shootdown-locked", "tlb-shootdown-unlocked")

  "A TLB shootdown under a lock" should {
    lazy val run = Shipped.run("tlb-shootdown-locked")
    "wait for the csd of the very CPU that spins on that lock" in {
      edge(run, 4).what shouldBe "csd"
      targets(edge(run, 4)) shouldBe Seq(9)
      edge(run, 4).because should (include("IPI pending") and include("irqs off since"))
      edge(run, 9).what shouldBe "test_lock"
      targets(edge(run, 9)) shouldBe Seq(4)
      run.report.cpus.get(9).pendingInterrupts.asScala should contain("call-function IPI")
      run.report.cpus.get(9).irqsOn shouldBe false
    }
    "have been warned of, as irqs are off in smp_call_function_many" in {
      run.report.warnings.asScala shouldBe Seq("WARNING: at kernel/smp.c smp_call_function_many()")
    }
    "not hang if the other CPU spins with irqs on, since it takes the IPI out of its spin" in {
      val other = Shipped.changed("tlb-shootdown-locked", "test_lock_user irqs=off" -> "test_lock_user irqs=on")
      other.report.verdict shouldBe Verdict.WARNINGS // the caller's irqs are still off
      other.taken("call-function") shouldBe 1
    }
    "hang as well if only the other CPU has its irqs off, then without a warning" in {
      val other = Shipped.changed("tlb-shootdown-locked", "unlock=after" -> "unlock=after irqs=on")
      other.report.verdict shouldBe Verdict.DEADLOCK
      other.report.warnings shouldBe empty
    }
    "not hang if nobody wants the lock" in {
      Shipped.changed("tlb-shootdown-locked", "at = 102us" -> "at = 150us", "unlock=after" -> "unlock=after irqs=on")
        .report.verdict shouldBe Verdict.HEALTHY
    }
    "hang on a board with mailboxes too" in {
      val run = Shipped.changed("tlb-shootdown-locked", "board = xls416" -> "board = octeon-cn58")
      run.report.verdict shouldBe Verdict.DEADLOCK
      targets(edge(run, 4)) shouldBe Seq(9)
    }
  }

  aPair("jump-label-flush-inside", "jump-label-flush-after")

  "A static key that is switched inside stop_machine with waiting flushes" should {
    lazy val run = Shipped.run("jump-label-flush-inside")
    "hang as the tracer does, by another caller" in {
      run.report.cpus.get(0).stack.asScala.toSeq shouldBe Seq(
        "csd_lock_wait", "smp_call_function_many", "smp_call_function", "r4k_on_each_cpu", "r4k_flush_icache_range",
        "arch_jump_label_transform", "multi_cpu_stop", "cpu_stopper_thread")
      waits(run).map(_.cpu) shouldBe (0 until 16)
      waits(run).head.what shouldBe "csd"
      run.report.counters.wordsPatched shouldBe 1
    }
    "not hang on one CPU" in {
      Shipped.changed("jump-label-flush-inside", "board = xls416" -> "board = xls416, cpus = 1", "on = 3" -> "on = 0")
        .report.verdict shouldBe Verdict.HEALTHY
    }
    "not hang where hit operations reach every icache" in {
      Shipped.changed("jump-label-flush-inside", "preempt = full" -> "preempt = full, icache-flush = global-hit")
        .report.verdict shouldBe Verdict.HEALTHY
    }
  }
  "A static key whose sites are flushed after stop_machine" should {
    lazy val run = Shipped.run("jump-label-flush-after")
    "leave nothing stale behind the flush" in {
      run.report.counters.wordsPatched shouldBe 24
      run.report.counters.icacheFlushes shouldBe 1
      run.report.counters.lateStaleFetches shouldBe 0
    }
    "have others execute old words until the flush has come to them" in {
      run.report.counters.staleFetches should be > 0L
    }
  }

  aPair("rcu-expedited-locked", "rcu-expedited-unlocked")

  "An expedited grace period under a spin lock" should {
    lazy val run = Shipped.run("rcu-expedited-locked")
    "wait for the quiescent state of the CPU that spins on the lock with irqs off, and for no other" in {
      edge(run, 2).what shouldBe "quiescent state"
      targets(edge(run, 2)) shouldBe Seq(11)
      targets(edge(run, 11)) shouldBe Seq(2)
      run.sent("call-function") shouldBe 15
      run.taken("call-function") shouldBe 14
    }
    "end if that CPU spins with irqs on" in {
      Shipped.changed("rcu-expedited-locked", "irqs=off" -> "irqs=on").report.verdict shouldBe Verdict.HEALTHY
    }
    "follow one another when called on several CPUs at once" in {
      val lines = (0 until 8).map(cpu => s"""{ at = 100us, on = $cpu, run = "modprobe test_rcu_expedited" }""")
      val run = Shipped.runText(s"machine { board = xls416 }\nscript = [ ${lines.mkString(", ")} ]\nlimits { virtual-time = 20ms }")
      run.report.verdict shouldBe Verdict.HEALTHY
      run.taken("call-function") shouldBe 8 * 15
    }
  }

  aPair("irqs-off-for-ever", "irqs-off-for-long")

  "A driver that waits for jiffies with irqs off" should {
    lazy val run = Shipped.run("irqs-off-for-ever")
    "wait for itself, and be named as the cause of what others wait for" in {
      waits(run).map(_.cpu) shouldBe Seq(3)
      waits(run).head.what shouldBe "jiffies"
      targets(waits(run).head) shouldBe Seq(3)
      waits(run).head.because should include("irqs off since")
      run.report.cpus.get(0).stack.asScala should contain("csd_lock_wait")
    }
    "not be dead before it is: with irqs on it would go on at the next ticks" in {
      run.report.cpus.get(3).irqsOn shouldBe false
      run.report.cpus.get(3).stack.asScala.head shouldBe "test_irqs_off_driver"
    }
  }
  "A driver that holds irqs off for a while" should {
    "be no alarm, however long; who waits for it waits as long" in {
      for ((time, nanos) <- Seq("1ms" -> 1_000_000L, "5ms" -> 5_000_000L, "60ms" -> 60_000_000L)) {
        val run = Shipped.changed("irqs-off-for-long", "for=5ms" -> s"for=$time", "elf = \"guest/functions.elf\", run-on = all" -> "elf = \"guest/functions.elf\", run-on = \"1-2\"")
        withClue(time + ": ") {
          run.report.verdict shouldBe Verdict.HEALTHY
          run.report.verdictAtNanos should (be >= nanos and be < nanos + 400_000L)
        }
      }
    }
  }
}
