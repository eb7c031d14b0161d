package stillpoint.kernel.wait

import java.util.{List => JavaList, Optional}

import scala.jdk.CollectionConverters._

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.kernel.cpu.{CpuCounters, CpuReport}
import stillpoint.kernel.ftrace.{ExecutionLog, TraceRing}
import stillpoint.kernel.irq.InterruptLog
import stillpoint.kernel.wait.Wait.Act
import stillpoint.machine.interrupt.CpuSet

/**
 * How the wait-for graph reads waits for all and waits for any, by what those waited for must be able to do, and shells that
 * sleep beside what their CPU does. Nodes of shells are numbered from the number of CPUs on.
 */
@RunWith(classOf[JUnitRunner])
class OrWaitsSpec extends AnyWordSpec with Matchers {
  private case class Cpu(
      waits: Option[Wait] = None,
      irqsOn: Boolean = true,
      preemptCount: Int = 0,
      shell: Option[Wait] = None)

  private def blocked(wait: Option[Wait]): Optional[CpuReport.Blocked] =
    wait.fold(Optional.empty[CpuReport.Blocked])(reason => Optional.of(new CpuReport.Blocked(reason, 9)))

  private def graph(cpus: Cpu*): WaitForGraph = new WaitForGraph(cpus.zipWithIndex.map { case (cpu, number) =>
    new CpuReport(
      number, "task", cpu.irqsOn, if (cpu.irqsOn) -1 else 7, cpu.preemptCount, JavaList.of(), JavaList.of("f"),
      blocked(cpu.waits), "", Optional.empty[CpuReport.StopProgress], false, false, 0,
      new CpuCounters.Snapshot(0, 0, 0, 0, new Array[Long](3), new Array[Long](3)),
      new CpuReport.Logs(
        new TraceRing(Array.empty).view(), new InterruptLog(Long.MaxValue).view(), JavaList.of(), JavaList.of(),
        new ExecutionLog().drain(), JavaList.of(), JavaList.of(), JavaList.of()),
      new CpuReport.Activity(0, 0, false, false, false, cpu.shell.isDefined, blocked(cpu.shell)))
  }.asJava)

  private def dead(cpus: Cpu*): Seq[Int] = graph(cpus: _*).dead().stream.toArray.toSeq

  /** (node, those it waits for in vain), the centre first. */
  private def knot(cpus: Cpu*): Seq[(Int, Seq[Int])] = {
    val found = graph(cpus: _*).knot
    if (found.isEmpty) Nil
    else found.get.edges.asScala.toSeq.map(edge => edge.cpu -> edge.waitsFor.stream.toArray.toSeq)
  }

  private def set(cpus: Int*): CpuSet = cpus.foldLeft(CpuSet.empty)((all, cpu) => all.`with`(cpu))
  private def any(act: Act, cpus: Int*): Option[Wait] = Some(new Wait.Acts("f", "answer", set(cpus: _*), false, act))
  private def all(act: Act, cpus: Int*): Option[Wait] = Some(new Wait.Acts("f", "answers", set(cpus: _*), true, act))
  private def lock(owner: Int): Option[Wait] = Some(new Wait.SpinLock("spin_lock", "l", owner))
  private def mutex(owner: Int): Option[Wait] = Some(new Wait.Mutex("mutex_lock", "m", owner))
  private def stopped(cpus: Int*): Option[Wait] = Some(new Wait.StopMachineDone("stop_machine", set(cpus: _*)))

  /** CPUs 1 and 2 hold each other's lock. */
  private val deadPair = Seq(Cpu(lock(2), irqsOn = false), Cpu(lock(1), irqsOn = false))

  "A wait for any of several" should {
    for (act <- Act.values.toSeq) {
      s"be alive while one that could do it runs ($act)" in {
        dead(Cpu(any(act, 1, 2, 3)) +: deadPair :+ Cpu(): _*) shouldBe Seq(1, 2)
        knot(Cpu(any(act, 1, 2, 3)) +: deadPair :+ Cpu(): _*) shouldBe Seq(1 -> Seq(2), 2 -> Seq(1))
      }
      s"be dead when all of them are dead with irqs off ($act)" in {
        dead(Cpu(any(act, 1, 2)) +: deadPair: _*) shouldBe Seq(0, 1, 2)
      }
      s"be alive while one of them only spins for a CPU that runs ($act)" in {
        dead(Cpu(any(act, 1, 2)), Cpu(lock(2), irqsOn = false), Cpu(lock(3), irqsOn = false), Cpu()) shouldBe empty
      }
    }
    "show all its alternatives in the knot, since each of them would have been enough" in {
      knot(Cpu(any(Act.RUN_ON, 1, 2), irqsOn = false), Cpu(lock(0), irqsOn = false), Cpu(lock(0), irqsOn = false)) shouldBe
        Seq(0 -> Seq(1, 2), 1 -> Seq(0), 2 -> Seq(0))
    }
    "be no knot of its own when one alternative comes out of the circle" in {
      val circle = Seq(Cpu(any(Act.RUN_ON, 1, 2), irqsOn = false), Cpu(lock(0), irqsOn = false), Cpu(irqsOn = false))
      dead(circle: _*) shouldBe empty
      knot(circle: _*) shouldBe empty
    }
    "hold a ring of such waits dead, and let it go when one member has a way out" in {
      val ring = Seq(Cpu(any(Act.RUN_ON, 1)), Cpu(any(Act.RUN_ON, 2, 0)), Cpu(any(Act.RUN_ON, 0, 1)), Cpu())
      dead(ring: _*) shouldBe Seq(0, 1, 2)
      dead(ring.updated(2, Cpu(any(Act.RUN_ON, 0, 1, 3))): _*) shouldBe empty
    }
  }

  "A wait for all of several" should {
    "be dead when one of them is, whatever the others do" in {
      dead(Cpu(all(Act.RUN_ON, 1, 3)) +: deadPair :+ Cpu(): _*) shouldBe Seq(0, 1, 2)
    }
    "be alive while all of them run" in {
      dead(Cpu(all(Act.RUN_ON, 1, 2), irqsOn = false), Cpu(irqsOn = false), Cpu()) shouldBe empty
    }
  }

  "What somebody must be able to do" should {
    def pair(act: Act, irqsOn: Boolean, preemptCount: Int) =
      dead(Cpu(all(act, 1), irqsOn = false), Cpu(lock(0), irqsOn, preemptCount)).nonEmpty
    "be to take an interrupt: irqs on in its spin are enough" in {
      pair(Act.TAKE_INTERRUPT, irqsOn = true, preemptCount = 1) shouldBe false
      pair(Act.TAKE_INTERRUPT, irqsOn = false, preemptCount = 0) shouldBe true
    }
    "be to switch tasks: preemption must be on as well" in {
      pair(Act.SWITCH_TASK, irqsOn = true, preemptCount = 0) shouldBe false
      pair(Act.SWITCH_TASK, irqsOn = true, preemptCount = 1) shouldBe true
      pair(Act.SWITCH_TASK, irqsOn = false, preemptCount = 0) shouldBe true
    }
    "be to run on: no spin allows that" in {
      for (irqsOn <- Seq(true, false); count <- Seq(0, 1)) pair(Act.RUN_ON, irqsOn, count) shouldBe true
    }
  }

  "A shell that sleeps" should {
    "not stop its CPU, which does other things meanwhile" in {
      dead(Cpu(shell = stopped(0, 1)), Cpu()) shouldBe empty
    }
    "hold up who waits for its mutex, if what it sleeps for can never come" in {
      // 2 and 3 hold each other's lock; CPU 0's shell sleeps for 2 and has the mutex that 1 wants
      val machine = Seq(
        Cpu(shell = all(Act.RUN_ON, 2)), Cpu(mutex(0)), Cpu(lock(3), irqsOn = false), Cpu(lock(2), irqsOn = false))
      dead(machine: _*) shouldBe Seq(1, 2, 3)
      graph(machine: _*).cpuOf(4) shouldBe 0
    }
    "not hold up who waits for its mutex, while what it sleeps for can come" in {
      dead(Cpu(shell = all(Act.RUN_ON, 2)), Cpu(mutex(0)), Cpu(lock(3)), Cpu()) shouldBe empty
    }
    "stand in the knot as a node of its own, with its CPU's number" in {
      // CPU 1 spins for the mutex of CPU 0's shell, which sleeps until CPU 1 has run on; CPU 0 is idle
      val machine = Seq(Cpu(shell = all(Act.RUN_ON, 1)), Cpu(mutex(0), irqsOn = false))
      knot(machine: _*).toMap shouldBe Map(1 -> Seq(2), 2 -> Seq(1))
      dead(machine: _*) shouldBe Seq(1)
    }
    "be alive when it sleeps for any of several and one of those runs" in {
      dead(Cpu(shell = any(Act.RUN_ON, 1, 2)), Cpu(mutex(0), irqsOn = false), Cpu()) shouldBe empty
    }
    "be dead when it sleeps for any of several and all of those wait for it" in {
      val machine = Seq(Cpu(shell = any(Act.RUN_ON, 1, 2)), Cpu(mutex(0), irqsOn = false), Cpu(mutex(0), irqsOn = false))
      dead(machine: _*) shouldBe Seq(1, 2)
      knot(machine: _*).head shouldBe (3 -> Seq(1, 2))
    }
    "be no owner of a mutex if it does not sleep: then its CPU is" in {
      dead(Cpu(lock(1), irqsOn = false), Cpu(mutex(0), irqsOn = false)) shouldBe Seq(0, 1)
    }
  }
}
