package stillpoint.kernel.wait

import java.util.{BitSet, List => JavaList, Optional}

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
 * Goal: the graph calls dead exactly those that nothing can ever free, and shows why. Method: hand-made machines first; then
 * random ones, whose dead are found a second time by trying every subset of the CPUs.
 */
@RunWith(classOf[JUnitRunner])
class WaitForGraphSpec extends AnyWordSpec with Matchers {
  /** A CPU as the spec describes it; by default it runs guest code with irqs on. */
  private case class Cpu(
      waits: Option[Wait] = None,
      irqsOn: Boolean = true,
      callPending: Boolean = false,
      stop: Option[(StopState, Boolean)] = None,
      preemptCount: Int = 0)

  private def set(cpus: Int*): CpuSet = cpus.foldLeft(CpuSet.empty)((all, cpu) => all.`with`(cpu))
  private def csd(targets: Int*): Option[Wait] = Some(new Wait.Csd("smp_call_function_many", set(targets: _*)))
  private def csdInUse(target: Int): Option[Wait] = Some(new Wait.CsdReuse("csd_lock", target))
  private def mutex(owner: Int): Option[Wait] = Some(new Wait.Mutex("tracing_set_tracer", "trace_types_lock", owner))
  private def state(awaited: StopState, cpus: Int*): Option[Wait] =
    Some(new Wait.StopMachineState("multi_cpu_stop", set(cpus: _*), awaited))

  /** A stopper that has acknowledged RUN and spins. */
  private def stopped(cpus: Int*): Cpu =
    Cpu(state(StopState.RUN, cpus: _*), irqsOn = false, stop = Some((StopState.RUN, true)))

  private def report(number: Int, cpu: Cpu): CpuReport = {
    val nothing = new CpuReport.Logs(
      new TraceRing(Array.empty).view(), new InterruptLog(Long.MaxValue).view(), JavaList.of(), JavaList.of(),
      new ExecutionLog().drain(), JavaList.of(), JavaList.of(), JavaList.of())
    new CpuReport(
      number,
      "task/" + number,
      cpu.irqsOn,
      if (cpu.irqsOn) -1 else 1000,
      cpu.preemptCount,
      if (cpu.callPending) JavaList.of("call-function IPI", "timer (IP7)") else JavaList.of("timer (IP7)"),
      JavaList.of("some_function"),
      cpu.waits.fold(Optional.empty[CpuReport.Blocked])(wait => Optional.of(new CpuReport.Blocked(wait, 2000))),
      "",
      cpu.stop.fold(Optional.empty[CpuReport.StopProgress]) { case (seen, acknowledged) =>
        Optional.of(new CpuReport.StopProgress(seen, acknowledged))
      },
      false,
      false,
      0,
      new CpuCounters.Snapshot(0, 0, 0, 0, new Array[Long](3), new Array[Long](3)),
      nothing)
  }

  private def graph(cpus: Cpu*): WaitForGraph =
    new WaitForGraph(cpus.zipWithIndex.map { case (cpu, number) => report(number, cpu) }.asJava)

  private def members(bits: BitSet): Set[Int] = bits.stream.toArray.toSet
  private def dead(cpus: Cpu*): Set[Int] = members(graph(cpus: _*).dead)

  /** The knot as edges, first CPU first; empty if there is none. */
  private def knot(cpus: Cpu*): Seq[(Int, Set[Int])] = {
    val found = graph(cpus: _*).knot
    if (found.isPresent) found.get.edges.asScala.toSeq.map(edge => edge.cpu -> members(edge.waitsFor)) else Nil
  }

  "A wait-for graph" should {
    "call nobody dead on a machine where nobody spins" in {
      dead(Cpu(), Cpu(irqsOn = false), Cpu(irqsOn = false, callPending = true)) shouldBe empty
      knot(Cpu(), Cpu(irqsOn = false)) shouldBe empty
    }
    "prove the seed's hang: a csd of everybody else, who wait for the state that the caller must acknowledge" in {
      val all = 0 until 16
      val caller =
        Cpu(csd(all.drop(1): _*), irqsOn = false, stop = Some((StopState.RUN, false)), preemptCount = 1)
      val machine = caller +: all.drop(1).map(_ => stopped(all: _*).copy(callPending = true))
      dead(machine: _*) shouldBe all.toSet
      knot(machine: _*) shouldBe ((0 -> all.drop(1).toSet) +: all.drop(1).map(_ -> Set(0)))
    }
    "prove a stop_machine dead in which all have acknowledged the state, so that nobody can be the last" in {
      val all = 0 until 4
      dead(all.map(_ => stopped(all: _*)): _*) shouldBe all.toSet
      graph(all.map(_ => stopped(all: _*)): _*).lostAcknowledgement(state(StopState.RUN, all: _*).get) shouldBe true
    }
    "not take it for that while one has not acknowledged, is ahead, or has stores that nobody sees yet" in {
      val all = 0 until 4
      val two = Seq(stopped(all: _*), stopped(all: _*))
      for (last <- Seq(Some((StopState.RUN, false)), Some((StopState.EXIT, false)), Some((StopState.EXIT, true)), None)) {
        val machine = two ++ Seq(stopped(all: _*), Cpu(None, irqsOn = false, stop = last))
        withClue(last)(dead(machine: _*) shouldBe empty)
        graph(machine: _*).lostAcknowledgement(state(StopState.RUN, all: _*).get) shouldBe false
      }
    }
    "put the CPU that most others wait for first, whatever its number" in {
      val all = 0 until 5
      val caller = Cpu(csd(0, 1, 2, 4), irqsOn = false, stop = Some((StopState.RUN, false)))
      val machine = all.map(cpu => if (cpu == 3) caller else stopped(all: _*).copy(callPending = true))
      knot(machine: _*).map(_._1) shouldBe Seq(3, 0, 1, 2, 4)
    }
    "prove two CPUs dead that wait for each other's csd with irqs off" in {
      val pair = Seq(Cpu(csd(1), irqsOn = false, callPending = true), Cpu(csd(0), irqsOn = false, callPending = true))
      dead(pair: _*) shouldBe Set(0, 1)
      knot(pair: _*) shouldBe Seq(0 -> Set(1), 1 -> Set(0))
    }
    "find nothing when the same two have irqs on: each takes the other's IPI out of its spin" in {
      dead(Cpu(csd(1), callPending = true), Cpu(csd(0), callPending = true)) shouldBe empty
    }
    "find nothing when one of the two has irqs on" in {
      dead(Cpu(csd(1), irqsOn = false, callPending = true), Cpu(csd(0), callPending = true)) shouldBe empty
    }
    "find nothing when a csd's target has irqs off but does not spin: it may come back" in {
      dead(Cpu(csd(1), irqsOn = false), Cpu(irqsOn = false, callPending = true)) shouldBe empty
    }
    "count a CPU dead that only waits for the dead, and leave it out of the knot" in {
      val machine = Seq(
        Cpu(csd(1), irqsOn = false),
        Cpu(csd(2), irqsOn = false),
        Cpu(csd(1), irqsOn = false),
        Cpu(mutex(0)))
      dead(machine: _*) shouldBe Set(0, 1, 2, 3)
      knot(machine: _*) shouldBe Seq(1 -> Set(2), 2 -> Set(1))
    }
    "find a circle of three, and none once a member has irqs on" in {
      val circle = Seq(Cpu(csd(1), irqsOn = false), Cpu(csdInUse(2), irqsOn = false), Cpu(csd(0), irqsOn = false))
      dead(circle: _*) shouldBe Set(0, 1, 2)
      knot(circle: _*) should have size 3
      for (freed <- 0 to 2) dead(circle.updated(freed, circle(freed).copy(irqsOn = true)): _*) shouldBe empty
    }
    "let irqs on free exactly those who waited for that CPU" in {
      val circles = Seq(
        Cpu(csd(1), irqsOn = false),
        Cpu(csd(0), irqsOn = false),
        Cpu(csd(3), irqsOn = false),
        Cpu(csd(2), irqsOn = false),
        Cpu(csd(3), irqsOn = false))
      dead(circles: _*) shouldBe Set(0, 1, 2, 3, 4)
      dead(circles.updated(1, circles(1).copy(irqsOn = true)): _*) shouldBe Set(2, 3, 4)
    }
  }

  "A wait for a csd" should {
    val stuckPair = Seq(Cpu(csd(2), irqsOn = false), Cpu(csd(1), irqsOn = false)) // CPUs 1 and 2

    "be certain of the first target only: a later one's pending IPI may be somebody else's" in {
      val machine = Cpu(csd(3, 4), irqsOn = false) +: Seq(Cpu(), Cpu(), Cpu(), stopped(0, 4).copy(callPending = true))
      dead(machine: _*) shouldBe empty
    }
    "show later targets whose IPI is pending once the first one is dead" in {
      val machine = Cpu(csd(1, 2, 3), irqsOn = false) +: stuckPair.map(_.copy(callPending = true)) :+ Cpu()
      graph(machine: _*).needsOf(0).stream.toArray.toSeq shouldBe Seq(1, 2)
    }
    "not be a wait for targets that have released it, which have no IPI pending" in {
      val machine = Cpu(csd(1, 2), irqsOn = false) +: stuckPair
      graph(machine: _*).needsOf(0).stream.toArray.toSeq shouldBe Seq(1)
    }
  }

  "A wait for a stop_machine state" should {
    "be for those who have not acknowledged, not for those who have" in {
      val machine = Seq(
        stopped(0, 1, 2, 3),
        Cpu(stop = Some((StopState.RUN, false)), irqsOn = false),
        Cpu(stop = Some((StopState.RUN, true)), irqsOn = false),
        Cpu(stop = Some((StopState.EXIT, false)), irqsOn = false))
      graph(machine: _*).needsOf(0).stream.toArray.toSeq shouldBe Seq(1)
    }
    "be for a participant that has seen only an earlier state, or has not even begun" in {
      val machine = Seq(
        stopped(0, 1, 2),
        Cpu(stop = Some((StopState.DISABLE_IRQ, true)), irqsOn = false),
        Cpu())
      graph(machine: _*).needsOf(0).stream.toArray.toSeq shouldBe Seq(1, 2)
    }
    "not be a proof while the missing participant runs" in {
      dead(stopped(0, 1), Cpu(irqsOn = false, stop = Some((StopState.RUN, false)))) shouldBe empty
    }
    "not be ended by irqs on at a participant that spins inside it" in {
      val machine = Seq(
        Cpu(csd(1), stop = Some((StopState.RUN, false))),
        stopped(0, 1).copy(callPending = true))
      dead(machine: _*) shouldBe Set(0, 1) // with its own irqs on the patching CPU hangs all the same
    }
    "not be a proof against a spinner that its own stopper can still preempt" in {
      // CPU 1 contends for the mutex that CPU 0's shell holds while its stopper waits: the IPI is on its way to CPU 1
      dead(stopped(0, 1), Cpu(mutex(0))) shouldBe empty
    }
    "be a proof against a spinner that nothing can preempt" in {
      dead(stopped(0, 1), Cpu(mutex(0), preemptCount = 1)) shouldBe Set(0, 1)
      dead(stopped(0, 1), Cpu(mutex(0), irqsOn = false)) shouldBe Set(0, 1)
    }
  }

  "A wait for a mutex" should {
    "be hopeless when its owner is dead" in {
      dead(Cpu(mutex(1)), Cpu(csd(2), irqsOn = false), Cpu(csd(1), irqsOn = false)) shouldBe Set(0, 1, 2)
    }
    "be no reason to despair while its owner lives" in {
      dead(Cpu(mutex(1)), Cpu()) shouldBe empty
      dead(Cpu(mutex(1)), Cpu(csd(2)), Cpu(irqsOn = false)) shouldBe empty
    }
  }

  "A knot" should {
    "not show a member as a reason that can still do what is asked of it" in {
      // CPU 2 is dead, for it waits for CPU 0; but CPU 0 has its IPI there, and that one it can take
      val machine = Seq(
        Cpu(csd(1, 2), irqsOn = false),
        Cpu(csd(0), irqsOn = false),
        Cpu(mutex(0), callPending = true))
      dead(machine: _*) shouldBe Set(0, 1, 2)
      knot(machine: _*) shouldBe Seq(0 -> Set(1), 1 -> Set(0))
    }
  }

  "On random machines" should {
    val states = Seq(StopState.PREPARE, StopState.DISABLE_IRQ, StopState.RUN)

    def machine(random: Random): Seq[Cpu] = {
      val n = 1 + random.nextInt(10)
      val live = random.nextInt(4) // how many in eight run on
      Seq.tabulate(n) { self =>
        def other: Int = if (n == 1) 0 else (self + 1 + random.nextInt(n - 1)) % n
        val waits = random.nextInt(8) match {
          case kind if kind < live => None
          case kind if kind % 4 == 0 => csd(Seq.fill(1 + random.nextInt(3))(other): _*)
          case kind if kind % 4 == 1 => csdInUse(other)
          case kind if kind % 4 == 2 => mutex(other)
          case _ => state(states(random.nextInt(3)), 0 until n: _*)
        }
        val stop = waits match {
          // whoever spins for a state has acknowledged it
          case Some(wait: Wait.StopMachineState) => Some((wait.state, true))
          case _ => Option.when(random.nextBoolean())((states(random.nextInt(3)), false))
        }
        Cpu(waits, random.nextInt(3) == 0, random.nextBoolean(), stop, random.nextInt(2))
      }
    }

    /** Whether {@code waiter} can be certain that it needs {@code provider}, who can do nothing about it while it spins. */
    def hopeless(cpus: Seq[Cpu], waiter: Int, provider: Int): Boolean = {
      val other = cpus(provider)
      cpus(waiter).waits.get match {
        case wait: Wait.Csd => provider == wait.targets.stream.min.getAsInt && !other.irqsOn
        case wait: Wait.CsdReuse => provider == wait.target && !other.irqsOn
        case wait: Wait.Mutex => provider == wait.owner
        case wait: Wait.StopMachineState =>
          val missing = other.stop.forall { case (seen, acknowledged) =>
            seen.ordinal < wait.state.ordinal || (seen == wait.state && !acknowledged)
          }
          val preemptible = other.stop.isEmpty && other.irqsOn && other.preemptCount == 0
          val lost = wait.participants.stream.allMatch(one => cpus(one).stop.contains((wait.state, true)) &&
            cpus(one).waits.exists { case other: Wait.StopMachineState => other.state == wait.state; case _ => false })
          wait.participants.contains(provider) && (missing || lost) && !preemptible
      }
    }

    /** The union of all sets that hold themselves dead, every subset tried. */
    def deadByTrial(cpus: Seq[Cpu]): Set[Int] = {
      val spinners = cpus.indices.filter(cpus(_).waits.isDefined)
      val because = cpus.indices.map { waiter =>
        if (cpus(waiter).waits.isEmpty) 0
        else spinners.filter(hopeless(cpus, waiter, _)).foldLeft(0)((bits, provider) => bits | 1 << provider)
      }
      val union = (0 until 1 << cpus.size)
        .filter(subset => cpus.indices.forall(cpu => (subset >> cpu & 1) == 0 || (because(cpu) & subset) != 0))
        .foldLeft(0)(_ | _)
      cpus.indices.filter(cpu => (union >> cpu & 1) != 0).toSet
    }

    "exactly those are dead whom some set of spinning CPUs holds" in {
      var sizes = Set.empty[Int]
      for (seed <- 0 until 2000) {
        val cpus = machine(new Random(seed))
        val found = dead(cpus: _*)
        withClue(s"seed $seed: $cpus: ") { found shouldBe deadByTrial(cpus) }
        sizes += found.size
      }
      sizes.size should be >= 8 // the machines are neither all alive nor all dead
    }
    "a knot exists exactly if somebody is dead, and holds itself" in {
      for (seed <- 0 until 2000) {
        val cpus = machine(new Random(seed))
        val all = dead(cpus: _*)
        val edges = knot(cpus: _*)
        withClue(s"seed $seed: $cpus: $edges: ") {
          edges.isEmpty shouldBe all.isEmpty
          val names = edges.map(_._1)
          names.distinct shouldBe names
          for ((cpu, waitsFor) <- edges) {
            all should contain(cpu)
            waitsFor should not be empty
            names should contain allElementsOf waitsFor
            waitsFor.exists(hopeless(cpus, cpu, _)) shouldBe true
          }
          if (edges.nonEmpty) {
            def waiters(cpu: Int): Int = edges.count(_._2.contains(cpu))
            waiters(names.head) shouldBe names.map(waiters).max
            names.tail shouldBe names.tail.sorted
          }
        }
      }
    }
    "nobody is dead if nobody spins" in {
      for (seed <- 0 until 200) dead(machine(new Random(seed)).map(_.copy(waits = None)): _*) shouldBe empty
    }
    "turning irqs on at one CPU frees what it must, and kills nobody" in {
      for (seed <- 0 until 300) {
        val cpus = machine(new Random(seed))
        for (cpu <- cpus.indices) {
          val changed = cpus.updated(cpu, cpus(cpu).copy(irqsOn = true))
          val after = dead(changed: _*)
          withClue(s"seed $seed, CPU $cpu: ") {
            after shouldBe deadByTrial(changed)
            after -- dead(cpus: _*) shouldBe empty
          }
        }
      }
    }
  }
}
