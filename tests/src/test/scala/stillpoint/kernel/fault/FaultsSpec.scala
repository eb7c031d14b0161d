package stillpoint.kernel.fault

import scala.jdk.CollectionConverters._

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.kernel.report.{RunReport, Verdict}
import stillpoint.kernel.system.Machines._

/**
 * Goal: each kind of fault does what it says, to whom it says, and is told. Method: small machines with one fault, held against the
 * same machine without it. The shipped scenarios show what faults lead to; that they give one digest is shown there as well.
 */
@RunWith(classOf[JUnitRunner])
class FaultsSpec extends AnyWordSpec with Matchers {
  private val waiting = Plan("upstream", 4, kernel = "icache-flush = wait-ipi", runOn = "\"1-2\"", limits = "virtual-time = 1s")

  private def faulty(plan: Plan, faults: String): Run = simulate(plan.copy(faults = faults))

  private def fault(run: Run, number: Int = 1): RunReport.Fault = run.report.faults.get(number - 1)

  private lazy val healthy = simulate(waiting)

  "A lost IPI" should {
    for (board <- Seq("xls416", "octeon-cn58"); which <- Seq("from = 1, to = 2, nth = 3", "to = 2, function = local_r4k_flush_icache_range_ipi, nth = 1")) {
      s"be named by its fault, with both CPUs, on $board ($which)" in {
        val run = faulty(waiting.copy(board = Some(board)), s"{ kind = ipi-lost, $which }")
        run.report.verdict shouldBe Verdict.LOST_MESSAGE
        val edge = run.report.cycle.get(0)
        (edge.cpu, edge.waitsFor.asScala.map(_.toInt), edge.what, edge.fault) shouldBe ((1, Seq(2), "csd", 1))
        edge.because shouldBe "the call-function IPI of CPU 1 to CPU 2 is lost by fault 1: irqs are on there and nothing is pending"
        val strike = fault(run).strikes.get(0)
        (strike.victim, strike.cpu, strike.what, strike.count) shouldBe (("cpu2", 2, "call-function IPI of cpu1", 1))
      }
    }
    "be named where irqs are off as well" in {
      val run = faulty(
        Plan("stop-machine+wait-ipi", 3, limits = "virtual-time = 1s"), "{ kind = ipi-lost, to = 1, type = call-function, nth = 1 }")
      run.report.verdict shouldBe Verdict.DEADLOCK
      run.report.cycle.get(0).because should include("the IPI to CPU 1 is lost by fault 1")
      run.report.cycle.get(0).fault shouldBe 1
    }
    "be told from one that nobody took away" in {
      healthy.report.verdict shouldBe Verdict.HEALTHY
      healthy.report.faults shouldBe empty
    }
  }

  "A delayed IPI" should {
    for (by <- Seq("5us", "700us")) {
      s"never be called lost, being late by $by" in {
        val run = faulty(waiting, s"{ kind = ipi-delayed, from = 1, to = 2, type = call-function, nth = 2, by = $by }")
        run.report.verdict shouldBe Verdict.HEALTHY
        fault(run).count shouldBe 1
        run.taken("call-function") shouldBe healthy.taken("call-function")
        run.report.verdictAtNanos should be > healthy.report.verdictAtNanos
      }
    }
    "be lost all the same when another fault loses it, and be known later by so much" in {
      val prompt = faulty(waiting, "{ kind = ipi-lost, to = 2, nth = 2 }")
      val late = faulty(waiting, "{ kind = ipi-lost, to = 2, nth = 2 }, { kind = ipi-delayed, to = 3, nth = 60, by = 300us }")
      late.report.verdict shouldBe Verdict.LOST_MESSAGE
      late.report.verdictAtNanos shouldBe prompt.report.verdictAtNanos + 300_000
      fault(late, 2).count shouldBe 0
    }
  }

  "A doubled IPI" should {
    "be taken twice, and harm nobody" in {
      val run = faulty(waiting, "{ kind = ipi-duplicated, to = 2, type = call-function, by = 2us }")
      run.report.verdict shouldBe Verdict.HEALTHY
      fault(run).count should be > 10L
      run.sent("call-function") shouldBe healthy.sent("call-function")
      // but for those that met the first, still pending
      run.taken("call-function") should (be > healthy.taken("call-function") and be <= healthy.taken("call-function") + fault(run).count)
    }
  }

  "A spurious interrupt" should {
    for (line <- Seq("call-function", "resched", "icache-flush", "timer", "console"); board <- Seq("xls416", "octeon-cn58")) {
      s"be taken and change nothing, on the line $line of $board" in {
        val run = faulty(waiting.copy(board = Some(board)), s"{ kind = spurious-irq, cpu = 2, line = $line, at = 90us }")
        run.report.verdict shouldBe Verdict.HEALTHY
        run.report.warnings shouldBe empty
        fault(run).strikes.asScala.map(one => (one.victim, one.atNanos)) shouldBe Seq(("cpu2", 90_000))
      }
    }
  }

  "A frozen core" should {
    "execute nothing until its time is over, and then go on" in {
      val run = faulty(waiting, "{ kind = cpu-frozen, cpu = 2, at = 200us, for = 80us }")
      run.report.verdict shouldBe Verdict.HEALTHY
      val cycles = run.executions(2).map(_.cycle)
      // one step that waited for a line may end within
      cycles.count(cycle => cycle > 200_100 && cycle < 280_000) shouldBe 0
      cycles.count(_ >= 280_000) should be > 10
      run.executions(1).count(one => one.cycle > 200_100 && one.cycle < 280_000) should be >= 0
    }
    "be told, stopped for ever, by who waits for it" in {
      val run = faulty(waiting, "{ kind = cpu-frozen, cpu = 2, at = 120us, for = ever }")
      run.report.verdict shouldBe Verdict.LOCKUP
      val edge = run.report.cycle.get(0)
      (edge.cpu, edge.waitsFor.asScala.map(_.toInt), edge.fault) shouldBe ((1, Seq(2), 1))
      edge.because shouldBe "CPU 2 stands still for ever since 120000 ns by fault 1"
      run.report.lockups.asScala.map(one => (one.detector, one.cpu, one.fault)) shouldBe Seq(("supervisor", 2, 1))
    }
    "be told by a supervisor when nobody waits for it but the end" in {
      val run = faulty(waiting.copy(script = Some(Nil)), "{ kind = cpu-frozen, cpu = 2, at = 20us, for = ever }")
      run.report.verdict shouldBe Verdict.LOCKUP
      run.report.lockups.asScala.map(one => (one.detector, one.cpu)) shouldBe Seq(("supervisor", 2))
    }
    "matter to nobody who never needs it" in {
      val run = faulty(Plan("upstream", 4, script = Some(Nil), runOn = "1"), "{ kind = cpu-frozen, cpu = 3, at = 20us, for = ever }")
      run.report.verdict shouldBe Verdict.HEALTHY
      fault(run).count shouldBe 1
    }
  }

  "A slow core" should {
    "do about as much less as it is slower, and the others as much as before" in {
      val plan = Plan("upstream", 4, script = Some(Nil), runOn = "\"1-2\"", limits = "virtual-time = 1s, settle = 1500us")
      val even = simulate(plan)
      val run = faulty(plan, "{ kind = cpu-slow, cpu = 2, factor = 5, at = 0s }")
      def retired(of: Run, cpu: Int) = of.cpus(cpu).instructions.toDouble
      retired(run, 2) / retired(even, 2) should (be > 0.12 and be < 0.25)
      retired(run, 1) / retired(even, 1) should (be > 0.9 and be < 1.1)
    }
  }

  "A skewed clock" should {
    "make the others report a stall that is none, where it runs behind and begins the grace period" in {
      val plan = Plan(
        "upstream", 4, preempt = "none", kernel = "hz = 10000", runOn = "\"1-3\"",
        script = Some(Seq(Typed("100us", 3, "modprobe test_irqs_off wait=delay for=500us"), Typed("110us", 1, "rmmod dummy"))))
      simulate(plan).report.verdict shouldBe Verdict.HEALTHY
      val run = faulty(plan, "{ kind = clock-skew, cpu = 1, by = -25s, at = 50us }")
      run.report.verdict shouldBe Verdict.LOCKUP
      run.report.lockups.asScala.map(one => (one.detector, one.fault)).distinct shouldBe Seq(("rcu-stall", 1))
      run.report.lockups.asScala.map(_.cpu).toSet should not contain 1
    }
    "show in the time stamps of its CPU's lines, and in no other's" in {
      def stamps(run: Run) = run.report.console.asScala.filter(_.contains("WARNING")).map(_.take(14))
      val plan = Plan("irqsave", 3, limits = "virtual-time = 1s", script = Some(Seq(Typed("100us", 1, EnableLine))))
      stamps(simulate(plan)).head should startWith("[    0.000")
      stamps(faulty(plan, "{ kind = clock-skew, cpu = 1, by = 7s, at = 50us }")).head should startWith("[    7.000")
      stamps(faulty(plan, "{ kind = clock-skew, cpu = 2, by = 7s, at = 50us }")).head should startWith("[    0.000")
    }
  }

  "A store that faults" should {
    "make ftrace give up at that word, and warn" in {
      val run = faulty(waiting, "{ kind = store-fault, site = heap_sort }")
      run.report.warnings.asScala.mkString should include("ftrace")
      run.report.counters.wordsPatched should be < healthy.report.counters.wordsPatched
      fault(run).strikes.asScala.map(_.what) shouldBe Seq("store to text")
    }
    "be another CPU's and never strike" in {
      val run = faulty(waiting, "{ kind = store-fault, cpu = 3, site = heap_sort }")
      run.report.verdict shouldBe Verdict.HEALTHY
      fault(run).count shouldBe 0
    }
  }

  "A flipped bit" should {
    for (elf <- Seq("functions.elf")) {
      s"change the one instruction of $elf in which it is" in {
        val run = faulty(waiting, "{ kind = bit-flip, site = quick_sort, offset = 8, bit = 31, at = 50us }")
        run.report.verdict shouldBe Verdict.GUEST_FAULT
        all(run.report.guest.failures.asScala) should include("at pc quick_sort+0x")
        fault(run).strikes.asScala.map(_.cpu) shouldBe Seq(-1)
      }
    }
    "flip at a read of its line as well" in {
      val run = faulty(waiting, "{ kind = bit-flip, site = quick_sort, offset = 8, bit = 31, nth = 1 }")
      run.report.verdict shouldBe Verdict.GUEST_FAULT
      fault(run).count shouldBe 1
    }
  }

  "Slow memory and slow links" should {
    "only make everything later" in {
      for (slow <- Seq("slow-memory, by = 2us", "slow-link, from = cpu 2, to = memory, by = 3us", "slow-link, to = controller, one-way = true, by = 3us")) {
        withClue(s"$slow: ") {
          val run = faulty(waiting, s"{ kind = $slow }")
          run.report.verdict shouldBe Verdict.HEALTHY
          fault(run).count should be > 10L
          run.report.verdictAtNanos should be > healthy.report.verdictAtNanos
        }
      }
    }
    "be slow in the memory and on the links that are named only" in {
      val elsewhere = faulty(waiting, "{ kind = slow-memory, from-address = \"0x7f0000\", to-address = \"0x7fffff\", by = 2us }")
      fault(elsewhere).count shouldBe 0
      elsewhere.report.verdictAtNanos shouldBe healthy.report.verdictAtNanos
      val one = faulty(waiting, "{ kind = slow-link, from = cpu 2, to = memory, one-way = true, by = 1us }")
      fault(one).strikes.asScala.map(_.victim).toSet shouldBe Set("cpu2")
    }
  }
}
