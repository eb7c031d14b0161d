package stillpoint.kernel.system

import scala.jdk.CollectionConverters._

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.kernel.cpu.CpuReport
import stillpoint.kernel.report.Verdict
import stillpoint.kernel.system.Machines._

/** The hang of 16 CPUs has the shape that real kernels showed, and its verdict says so. */
@RunWith(classOf[JUnitRunner])
class HangShapeSpec extends AnyWordSpec with Matchers {
  private val plan = Plan(Hanging, 16, script = Some(Seq(Typed("100us", 5, EnableLine))), limits = "virtual-time = 60s")

  "The hang on 16 CPUs" should {
    lazy val hang = simulate(plan)

    "be a deadlock" in {
      hang.report.verdict shouldBe Verdict.DEADLOCK
    }
    "leave the log silent but for one warning" in {
      hang.report.console.asScala.toSeq match {
        case Seq(typed, cut, warning) =>
          typed shouldBe "cpu5# " + EnableLine
          cut should endWith("------------[ cut here ]------------")
          warning should endWith("WARNING: at kernel/smp.c smp_call_function_many()")
        case other => fail(other.mkString("\n"))
      }
      hang.report.lockups shouldBe empty
    }
    "show the patching CPU 0 in migration/0, waiting for csds out of the text patching inside stop_machine" in {
      val cpu0 = hang.report.cpus.get(0)
      cpu0.task shouldBe "migration/0"
      cpu0.stack.asScala.toSeq shouldBe Seq(
        "csd_lock_wait", "smp_call_function_many", "smp_call_function", "r4k_on_each_cpu", "r4k_flush_icache_range",
        "ftrace_modify_code", "ftrace_modify_all_code", "multi_cpu_stop", "cpu_stopper_thread")
    }
    "show all others spinning in multi_cpu_stop in their stopper threads" in {
      for (cpu <- hang.report.cpus.asScala.drop(1)) {
        cpu.task shouldBe s"migration/${cpu.cpu}"
        cpu.stack.asScala.toSeq shouldBe Seq("multi_cpu_stop", "cpu_stopper_thread")
      }
    }
    "have irqs off everywhere, and the call-function IPI pending everywhere but on the caller" in {
      for (cpu <- hang.report.cpus.asScala) {
        cpu.irqsOn shouldBe false
        cpu.irqsOffSinceNanos should (be > 100_000L and be < hang.report.verdictAtNanos)
        cpu.pendingInterrupts.contains("call-function IPI") shouldBe cpu.cpu != 0
      }
    }
    "have stored one word, switched no call site on, and traced nothing" in {
      val stores = hang.cpus.flatMap(_.logs.stores.asScala)
      stores.map(_.physical) shouldBe Seq(hang.machine.shared.sites.slot.physical)
      hang.report.counters.tracedCalls shouldBe 0
      hang.report.trace.asScala.filterNot(_.startsWith("#")) shouldBe empty
    }
    "name the cycle: CPU 0 waits for the csds of all others, who wait for the state that CPU 0 must acknowledge" in {
      val cycle = hang.report.cycle.asScala.toSeq
      cycle.map(_.cpu) shouldBe (0 until 16)
      cycle.head.in shouldBe "smp_call_function_many"
      cycle.head.what shouldBe "csd"
      cycle.head.waitsFor.asScala.map(_.toInt) shouldBe (1 until 16)
      cycle.head.because should include("IPI pending")
      cycle.head.because should include("irqs off since")
      for (edge <- cycle.tail) {
        edge.in shouldBe "multi_cpu_stop"
        edge.what shouldBe "stop_machine state"
        edge.waitsFor.asScala.map(_.toInt) shouldBe Seq(0)
        edge.because should include("CPU 0 has not acknowledged RUN")
      }
    }
    "be known within a millisecond of virtual time after the wait began" in {
      val began = hang.report.cycle.get(0).sinceNanos
      began should be > 100_000L
      hang.report.verdictAtNanos should (be >= began and be <= began + 1_000_000)
    }
    "leave the writer's shell asleep on CPU 5, its command not done" in {
      hang.cpus.filter(_.shellBusy).map(_.cpu) shouldBe Seq(5)
    }
  }

  "A hang" should {
    "have one shape whichever CPU the writer's shell is on" in {
      for (writer <- Seq(0, 1, 8, 15)) {
        val report = simulate(plan.copy(script = Some(Seq(Typed("100us", writer, EnableLine))))).report
        withClue(s"writer $writer: ") {
          report.verdict shouldBe Verdict.DEADLOCK
          report.cycle.asScala.map(_.cpu) shouldBe (0 until 16)
          report.cycle.get(0).what shouldBe "csd"
          report.counters.wordsPatched shouldBe 1
        }
      }
    }
    "be found soon wherever it begins between two looks" in {
      for (at <- 100 to 150 by 7; n <- Seq(2, 8); preempt <- Seq("full", "none")) {
        val report =
          simulate(plan.copy(cpus = n, preempt = preempt, script = Some(Seq(Typed(s"${at}us", 1, EnableLine))))).report
        withClue(s"typed at $at us, $n CPUs, preempt $preempt: ") {
          report.verdict shouldBe Verdict.DEADLOCK
          report.verdictAtNanos should be <= report.cycle.get(0).sinceNanos + 1_000_000
        }
      }
    }
    "be the same on a board with mailboxes" in {
      val report = simulate(plan.copy(board = Some("octeon-cn58"))).report
      report.verdict shouldBe Verdict.DEADLOCK
      report.cycle.get(0).waitsFor.asScala.map(_.toInt) shouldBe (1 until 16)
      for (cpu <- report.cpus.asScala.drop(1)) cpu.pendingInterrupts should contain("mailbox")
    }
  }

  "A hung machine that nobody judges" should {
    "fall silent for ever: the timer becomes pending on every CPU, and then nothing happens" in {
      val setup = plan.setup
      var last = Seq.empty[CpuReport]
      val outcome = observe(setup, new Watching(setup, 500_000, (cycle, cpus) => {
        last = cpus
        cycle >= setup.board.cycleAt(20_000_000)
      }))
      outcome.quiescent shouldBe true
      // one tick is 4 ms; it is raised once and never taken
      setup.board.nanosAt(outcome.lastEventCycle) should be <= 4_000_000L
      for (cpu <- last) {
        cpu.pendingInterrupts.asScala should contain("timer (IP7)")
        cpu.pendingInterrupts.contains("call-function IPI") shouldBe cpu.cpu != 0
        cpu.irqsOn shouldBe false
        cpu.blocked.isPresent shouldBe true
      }
    }
  }
}
