package stillpoint.kernel.wait

import java.util.{List => JavaList, Optional}

import scala.jdk.CollectionConverters._
import scala.util.Random

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.kernel.cpu.{CpuCounters, CpuReport}
import stillpoint.kernel.ftrace.{ExecutionLog, TraceRing}
import stillpoint.kernel.irq.InterruptLog
import stillpoint.kernel.stop.StopState
import stillpoint.machine.interrupt.CpuSet

/**
 * Goal: a look that is left out would have shown nothing. Method: random machines change CPU by CPU, and at each step the whole
 * graph is built besides: whenever it has a knot for the first time, the watch must have said so.
 */
@RunWith(classOf[JUnitRunner])
class KnotWatchSpec extends AnyWordSpec with Matchers {
  private val states = Seq(StopState.PREPARE, StopState.DISABLE_IRQ, StopState.RUN)

  private def set(cpus: Int*): CpuSet = cpus.foldLeft(CpuSet.empty)((all, cpu) => all.`with`(cpu))

  private def report(
      number: Int,
      waits: Option[Wait] = None,
      shell: Option[Wait] = None,
      irqsOn: Boolean = true,
      preemptCount: Int = 0,
      stop: Option[CpuReport.StopProgress] = None): CpuReport = {
    val nothing = new CpuReport.Logs(
      new TraceRing(Array.empty).view(), new InterruptLog(Long.MaxValue).view(), JavaList.of(), JavaList.of(),
      new ExecutionLog().drain(), JavaList.of(), JavaList.of(), JavaList.of())
    def blocked(wait: Option[Wait]) =
      wait.fold(Optional.empty[CpuReport.Blocked])(one => Optional.of(new CpuReport.Blocked(one, 2000)))
    new CpuReport(
      number, "task/" + number, irqsOn, if (irqsOn) -1 else 1000, preemptCount, JavaList.of(), JavaList.of("f"),
      blocked(waits), "", stop.fold(Optional.empty[CpuReport.StopProgress])(Optional.of(_)), false, false, 0,
      new CpuCounters.Snapshot(0, 0, 0, 0, new Array[Long](3), new Array[Long](3)), nothing,
      new CpuReport.Activity(0, 0, false, false, stop.isEmpty, true, blocked(shell)))
  }

  private def randomReport(number: Int, n: Int, random: Random): CpuReport = {
    val other = random.nextInt(n)
    val others = set((0 until n).filter(_ => random.nextBoolean()) :+ other: _*)
    val state = states(random.nextInt(states.size))
    val waits = Option.when(random.nextInt(3) > 0)(random.nextInt(9) match {
      case 0 => new Wait.Csd("smp_call_function_many", others)
      case 1 => new Wait.CsdReuse("csd_lock", other)
      case 2 | 3 => new Wait.StopMachineState("multi_cpu_stop", others, state, random.nextInt(2))
      case 4 => new Wait.SpinLock("f", "lock", other)
      case 5 => new Wait.Handler("f", "quiescent state", other)
      case 6 => new Wait.Mutex("f", "mutex", other)
      case 7 => new Wait.DiscardedWork("multi_cpu_stop", other)
      case 8 =>
        new Wait.Acts("f", "anything", others, random.nextBoolean(), Wait.Act.values()(random.nextInt(Wait.Act.values().length)))
    })
    val shell = Option.when(random.nextInt(3) == 0)(random.nextInt(3) match {
      case 0 => new Wait.StopMachineDone("stop_machine", others)
      case 1 => new Wait.GracePeriod("synchronize_rcu", others)
      case 2 => new Wait.Mutex("f", "mutex", other)
    })
    val stop = waits match {
      case Some(wait: Wait.StopMachineState) => Some(new CpuReport.StopProgress(wait.state, true, wait.call))
      case _ => Option.when(random.nextInt(3) == 0)(new CpuReport.StopProgress(state, random.nextBoolean(), random.nextInt(2)))
    }
    report(number, waits, shell, random.nextBoolean(), random.nextInt(2), stop)
  }

  "A watch for knots" should {
    "never miss the first look at which there is one" in {
      var knots = 0
      var leftOut = 0
      var looks = 0
      for (seed <- 0 until 3000) {
        val random = new Random(seed)
        val n = 2 + random.nextInt(4)
        val watch = new KnotWatch(n)
        val cpus = Array.tabulate(n)(report(_))
        cpus.foreach(watch.accept)
        watch.mayHaveKnot shouldBe false
        var alive = true
        for (step <- 1 to 12 if alive) {
          for (_ <- 0 to random.nextInt(2)) {
            val cpu = random.nextInt(n)
            cpus(cpu) = randomReport(cpu, n, random)
            watch.accept(cpus(cpu))
          }
          val suspected = watch.mayHaveKnot
          alive = new WaitForGraph(cpus.toSeq.asJava).knot.isEmpty
          withClue(s"seed $seed, step $step: ") { if (!alive) suspected shouldBe true }
          looks += 1
          if (!alive) knots += 1
          if (!suspected) leftOut += 1
        }
      }
      knots should be > 500
      leftOut should be > looks / 10
    }
    "be silent while CPUs come into stop_machine one after the other and wait for those not yet there" in {
      val n = 50
      val all = CpuSet.range(0, n)
      val watch = new KnotWatch(n)
      (0 until n).foreach(cpu => watch.accept(report(cpu)))
      watch.mayHaveKnot shouldBe false
      val wait = new Wait.StopMachineState("multi_cpu_stop", all, StopState.PREPARE, 7)
      val acknowledged = Some(new CpuReport.StopProgress(StopState.PREPARE, true, 7))
      val shell = Some(new Wait.StopMachineDone("stop_machine", all))
      for (cpu <- 0 until n) {
        watch.accept(report(cpu, Some(wait), if (cpu == 3) shell else None, stop = acknowledged))
        // if the last one to come waits too, nobody was the last
        withClue(s"CPU $cpu: ") { watch.mayHaveKnot shouldBe cpu == n - 1 }
      }
    }
    "be called when one of those waited for begins to wait for one that waits" in {
      val watch = new KnotWatch(2)
      val all = set(0, 1)
      watch.accept(report(1, Some(new Wait.StopMachineState("multi_cpu_stop", all, StopState.RUN)), irqsOn = false,
        stop = Some(new CpuReport.StopProgress(StopState.RUN, true))))
      watch.accept(report(0))
      watch.mayHaveKnot shouldBe false
      watch.accept(report(0, Some(new Wait.Csd("smp_call_function_many", set(1))), irqsOn = false,
        stop = Some(new CpuReport.StopProgress(StopState.RUN, false))))
      watch.mayHaveKnot shouldBe true
      watch.mayHaveKnot shouldBe false
    }
  }
}
