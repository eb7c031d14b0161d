package stillpoint.kernel.protocols

import java.util.{Optional, List => JavaList}

import scala.jdk.CollectionConverters._

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.kernel.cpu.{CpuCounters, CpuReport}
import stillpoint.kernel.ftrace.{ExecutionLog, TraceRing}
import stillpoint.kernel.irq.InterruptLog
import stillpoint.kernel.stop.StopState
import stillpoint.kernel.wait.{Wait, WaitForGraph}
import stillpoint.machine.interrupt.CpuSet

/** How the wait-for graph reads locks, handlers, discarded works, and several stop calls at once. */
@RunWith(classOf[JUnitRunner])
class ProtocolWaitsSpec extends AnyWordSpec with Matchers {
  private case class Cpu(waits: Option[Wait] = None, irqsOn: Boolean = false, stop: Option[CpuReport.StopProgress] = None)

  private def graph(cpus: Cpu*): WaitForGraph = new WaitForGraph(cpus.zipWithIndex.map { case (cpu, number) =>
    new CpuReport(
      number, "task", cpu.irqsOn, if (cpu.irqsOn) -1 else 7, 1, JavaList.of(), JavaList.of("f"),
      cpu.waits.fold(Optional.empty[CpuReport.Blocked])(wait => Optional.of(new CpuReport.Blocked(wait, 9))), "",
      cpu.stop.fold(Optional.empty[CpuReport.StopProgress])(Optional.of(_)), false, false, 0,
      new CpuCounters.Snapshot(0, 0, 0, 0, new Array[Long](3), new Array[Long](3)),
      new CpuReport.Logs(
        new TraceRing(Array.empty).view(), new InterruptLog(Long.MaxValue).view(), JavaList.of(), JavaList.of(),
        new ExecutionLog().drain(), JavaList.of(), JavaList.of(), JavaList.of()))
  }.asJava)

  private def dead(cpus: Cpu*): Seq[Int] = graph(cpus: _*).dead().stream.toArray.toSeq
  private def lock(owner: Int) = Some(new Wait.SpinLock("spin_lock", "l", owner))
  private def handler(of: Int) = Some(new Wait.Handler("f", "w", of))
  private def stop(call: Long, cpus: Int*) =
    Some(new Wait.StopMachineState("multi_cpu_stop", cpus.map(CpuSet.of).reduce((a, b) => a.`with`(b.next(0))), StopState.PREPARE, call))
  private def in(call: Long) = Some(new CpuReport.StopProgress(StopState.PREPARE, true, call))

  "A spin lock" should {
    "kill two CPUs that hold each other's, irqs on or off" in {
      dead(Cpu(lock(1)), Cpu(lock(0))) shouldBe Seq(0, 1)
      dead(Cpu(lock(1), irqsOn = true), Cpu(lock(0), irqsOn = true)) shouldBe Seq(0, 1)
    }
    "kill a CPU that takes its own twice" in {
      dead(Cpu(lock(0)), Cpu()) shouldBe Seq(0)
    }
    "kill nobody while its owner runs, however long the queue" in {
      dead(Cpu(lock(2)), Cpu(lock(2)), Cpu()) shouldBe empty
    }
    "kill a whole ring, and whoever waits for a member" in {
      dead(Cpu(lock(1)), Cpu(lock(2)), Cpu(lock(0)), Cpu(lock(1)), Cpu()) shouldBe Seq(0, 1, 2, 3)
      graph(Cpu(lock(1)), Cpu(lock(2)), Cpu(lock(0)), Cpu(lock(1)), Cpu()).knot().get.edges.asScala.map(_.cpu).toSet shouldBe Set(0, 1, 2)
    }
  }
  "A wait for an interrupt's handler" should {
    "be dead against a CPU that spins with irqs off for the waiter" in {
      dead(Cpu(handler(1)), Cpu(lock(0))) shouldBe Seq(0, 1)
    }
    "be alive against the same with irqs on: the CPU comes out of its spin" in {
      dead(Cpu(handler(1)), Cpu(lock(0), irqsOn = true)) shouldBe empty
    }
    "be dead against the waiter itself with irqs off only" in {
      dead(Cpu(handler(0))) shouldBe Seq(0)
      dead(Cpu(handler(0), irqsOn = true)) shouldBe empty
    }
  }
  "Two stop calls" should {
    "be dead if each stopper is inside the other's" in {
      dead(Cpu(stop(1, 0, 1), stop = in(1)), Cpu(stop(2, 0, 1), stop = in(2))) shouldBe Seq(0, 1)
    }
    "be alive if they are one and the last to acknowledge is about to advance it" in {
      dead(Cpu(stop(1, 0, 1), stop = in(1)), Cpu(stop = in(1))) shouldBe empty
    }
    "be dead if they are one, all have acknowledged, and none is about to advance it: an acknowledgement is lost" in {
      dead(Cpu(stop(1, 0, 1), stop = in(1)), Cpu(stop(1, 0, 1), stop = in(1))) shouldBe Seq(0, 1)
    }
  }
  "A discarded work" should {
    "be lost, not a deadlock, and name the CPU that never got it" in {
      val lost = graph(Cpu(), Cpu(Some(new Wait.DiscardedWork("multi_cpu_stop", 2))), Cpu())
      lost.knot() shouldBe Optional.empty
      lost.lost().get.edges.asScala.map(e => (e.cpu, e.waitsFor.toString)) shouldBe Seq((1, "{2}"))
    }
    "be missed by no one who waits for nothing" in {
      graph(Cpu(), Cpu(lock(0))).lost() shouldBe Optional.empty
    }
  }
}
