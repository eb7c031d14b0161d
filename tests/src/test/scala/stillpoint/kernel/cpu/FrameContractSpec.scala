package stillpoint.kernel.cpu

import scala.collection.mutable

import org.junit.runner.RunWith
import org.scalatest.matchers.should.Matchers
import org.scalatest.wordspec.AnyWordSpec
import org.scalatestplus.junit.JUnitRunner
import stillpoint.kernel.ftrace.TracingSetTracer
import stillpoint.kernel.irq.{DoIrq, IpiKind, PendingInterrupts, SchedulerIpi}
import stillpoint.kernel.mm.KernelMemory
import stillpoint.kernel.sched.{TaskKind, TryToWakeUp}
import stillpoint.kernel.smp.{CallFunction, GenericSmpCallFunctionInterrupt, SmpCallFunction, SmpCallFunctionMany}
import stillpoint.kernel.stop.StopMachine
import stillpoint.kernel.stop.StopWork
import stillpoint.kernel.system.{EmulatedMachine, Machines}
import stillpoint.kernel.wait.Wait
import stillpoint.machine.coherence.AccessKind
import stillpoint.machine.interrupt.CpuSet
import stillpoint.machine.l1.{DataCache, InstructionCache, L1State}
import stillpoint.machine.time.{Message, Outbox, StateHash}

/**
 * Goal: kernel functions as frames keep their contract: a stall changes nothing, and each step can be done with the one line
 * that it asked for. Method: a bench that plays CPU, fabric and memory; before every step the cache is emptied, so that
 * every access stalls once, and a step that stalls again, when it has what it wanted, is told.
 */
@RunWith(classOf[JUnitRunner])
class FrameContractSpec extends AnyWordSpec with Matchers {
  private class Bench(variant: String, cpus: Int, self: Int = 0) {
    val shared = new EmulatedMachine(Machines.Plan(variant, cpus).setup).shared
    val memory: KernelMemory = shared.memory
    private val board = shared.map.board
    private val cache = new DataCache(board.l1d, board.bigEndian)
    private val icache = new InstructionCache(board.l1i, board.bigEndian)
    private val lines = mutable.TreeMap.empty[Long, Array[Byte]]
    val kernel = new KernelCpu(self, shared, cache, icache)
    val sent = mutable.ArrayBuffer.empty[(Int, Message)]
    val visited = mutable.ArrayBuffer.empty[Frame]
    var stalls = 0
    kernel.outbox = new Outbox {
      override def send(target: Int, arrivalCycle: Long, message: Message): Unit = sent += ((target, message))
    }

    private def hash: Long = {
      val state = new StateHash
      kernel.foldState(state)
      cache.foldState(state)
      state.value
    }

    private def evictAll(): Unit =
      lines.keys.foreach { line =>
        val slot = cache.find(line)
        if (slot != DataCache.ABSENT) {
          lines(line) = cache.copyOfLine(slot)
          cache.setState(slot, L1State.I)
        }
      }

    private def bring(physical: Long, state: L1State): Unit = {
      val line = physical & -board.lineBytes.toLong
      val slot = cache.find(line)
      if (slot != DataCache.ABSENT) cache.setState(slot, state)
      else {
        val content = lines.getOrElseUpdate(line, new Array[Byte](board.lineBytes))
        cache.install(cache.victimFor(line), line, state, content)
      }
    }

    /** What somebody else writes to a variable. */
    def put(physical: Long, value: Long): Unit = {
      evictAll()
      bring(physical, L1State.M)
      kernel.store(physical, value)
      evictAll()
    }

    def get(physical: Long): Long = {
      evictAll()
      bring(physical, L1State.S)
      val value = kernel.load(physical)
      evictAll()
      value
    }

    def ipis: Seq[Message] =
      sent.toSeq.collect { case (target, message) if target == shared.map.interruptSliceOf(0) => message }

    /** Does one step with an empty cache first; {@code frame} must be the same before and after a stall. */
    private def step(frame: Frame): Step = {
      evictAll()
      val before = hash
      frame.step(kernel) match {
        case stall: Step.Stall =>
          stalls += 1
          withClue(s"$frame stalled: ") {
            hash shouldBe before
            frame.step(kernel) shouldBe stall
          }
          stall.kind match {
            case AccessKind.LOAD => bring(stall.physical, L1State.S)
            case AccessKind.STORE => bring(stall.physical, L1State.E)
            case AccessKind.GLOBAL_INVALIDATE_I => kernel.globalInvalidateDone()
            case AccessKind.FETCH => fail("a kernel frame fetched")
          }
          val done = frame.step(kernel) match {
            case more: Step.Stall if more.kind == AccessKind.STORE && more.physical == stall.physical =>
              bring(more.physical, L1State.E) // it has read the line and now needs it to itself
              frame.step(kernel)
            case other => other
          }
          withClue(s"$frame has line 0x${stall.physical.toHexString}: ") { done should not be a[Step.Stall] }
          done
        case done => done
      }
    }

    /** Runs a function to its end; {@code onSpin} changes the world when it spins, or false ends the run there. */
    def run(function: Frame, onSpin: Step.Spin => Boolean = _ => false): Seq[Frame] = {
      var stack = List(function)
      var steps = 0
      while (stack.nonEmpty) {
        steps += 1
        steps should be < 100_000
        visited += stack.head
        step(stack.head) match {
          case next: Step.Next => spend(next.cycles); stack = next.frame :: stack.tail
          case call: Step.Call => spend(call.cycles); stack = call.callee :: call.caller :: stack.tail
          case back: Step.Return => spend(back.cycles); kernel.setReturned(back.value); stack = stack.tail
          case offer: Step.CondResched => spend(offer.cycles); stack = offer.frame :: stack.tail
          case spin: Step.Spin => if (!onSpin(spin)) return stack
          case _: Step.Sleep | _: Step.AwaitController => return stack
          case stuck @ (_: Step.Stall | _: Step.Barrier) => fail(stuck.toString)
        }
      }
      Nil
    }

    /** One step of a function. */
    def once(function: Frame): Step = step(function)

    private def spend(cycles: Int): Unit = {
      cycles should be >= 1
      kernel.cycle += cycles
    }
  }

  "A kernel function" should {
    "change nothing when it stalls, and need one line a step: patching all sites without stop_machine" in {
      val bench = new Bench("upstream", 4)
      bench.run(TracingSetTracer.call(true)) shouldBe Nil
      val sites = bench.shared.sites
      bench.kernel.counters.wordsPatched shouldBe sites.sites.size + 1
      bench.get(bench.memory.currentTracer) shouldBe 1
      bench.get(bench.memory.traceTypesLock) shouldBe 0
      bench.stalls should be > 2 * sites.sites.size
      bench.kernel.current.preemptCount shouldBe 0
    }
    "do so when it hands out stop_machine's works, and sleep until they are done" in {
      val bench = new Bench("delayed-flush", 4)
      val stack = bench.run(StopMachine.call(StopWork.FTRACE_ENABLE))
      stack.map(_.function) shouldBe Seq("wait_for_completion", "stop_machine")
      for (cpu <- 0 until 4) bench.get(bench.memory.stopperWork(cpu)) shouldBe StopWork.FTRACE_ENABLE.pointer
      bench.get(bench.memory.stopAck) shouldBe 4
      bench.get(bench.memory.stopTodo) shouldBe 4
      bench.kernel.counters.ipisSent()(IpiKind.RESCHED.ordinal) shouldBe 3
      bench.kernel.current.preemptCount shouldBe 0
      bench.put(bench.memory.stopDone, 1)
      bench.run(stack.head) shouldBe Nil
    }
  }

  "smp_call_function" should {
    "fill a csd for each target, send one message of IPIs, and wait for each csd in turn" in {
      val bench = new Bench(Machines.Hanging, 4)
      val waited = mutable.ArrayBuffer.empty[Long]
      bench.run(SmpCallFunction.call(CallFunction.FLUSH_ICACHE_RANGE, 0x1234560, true), spin => {
        if (waited.isEmpty) {
          bench.ipis should have size 1
          for (target <- 1 to 3) {
            val csd = bench.memory.csd(0, target)
            bench.get(bench.memory.callQueue(target)) shouldBe csd
            bench.get(csd + KernelMemory.CSD_FLAGS) should not be 0
            bench.get(csd + KernelMemory.CSD_INFO) shouldBe 0x1234560
            bench.get(csd + KernelMemory.CSD_NEXT) shouldBe 0
          }
        }
        waited += spin.physical
        bench.put(spin.physical, 0) // the target releases it
        true
      }) shouldBe Nil
      waited.toSeq shouldBe (1 to 3).map(bench.memory.csd(0, _) + KernelMemory.CSD_FLAGS)
      bench.kernel.counters.ipisSent()(IpiKind.CALL_FUNCTION.ordinal) shouldBe 3
    }
    "interrupt only those whose queue was empty: for the others an IPI is on its way" in {
      val bench = new Bench(Machines.Hanging, 4)
      val earlier = bench.memory.csd(3, 2)
      bench.put(bench.memory.callQueue(2), earlier)
      bench.run(SmpCallFunction.call(CallFunction.FLUSH_ICACHE_ALL, 0, false)) shouldBe Nil
      bench.kernel.counters.ipisSent()(IpiKind.CALL_FUNCTION.ordinal) shouldBe 2
      bench.get(bench.memory.callQueue(2)) shouldBe bench.memory.csd(0, 2)
      bench.get(bench.memory.csd(0, 2) + KernelMemory.CSD_NEXT) shouldBe earlier
    }
    "wait in csd_lock for a csd that an earlier call left in use, and say so" in {
      val bench = new Bench("delayed-flush", 3)
      bench.put(bench.memory.csd(0, 1) + KernelMemory.CSD_FLAGS, 1)
      val stack = bench.run(SmpCallFunction.call(CallFunction.FLUSH_ICACHE_ALL, 0, true))
      stack.map(_.function) shouldBe Seq("csd_lock", "smp_call_function_many", "smp_call_function")
      stack.head.waitsFor(bench.kernel).get shouldBe new Wait.CsdReuse("csd_lock", 1)
    }
    "name as its wait all targets from the one that it spins on" in {
      val bench = new Bench("delayed-flush", 4)
      var expected = List(1, 2, 3)
      def reasonOf(stack: Seq[Frame]): Wait =
        stack.find(_.isInstanceOf[SmpCallFunctionMany]).get.waitsFor(bench.kernel).get
      var stack = bench.run(SmpCallFunction.call(CallFunction.FLUSH_ICACHE_ALL, 0, true))
      while (expected.nonEmpty) {
        reasonOf(stack) shouldBe
          new Wait.Csd("smp_call_function_many", expected.foldLeft(CpuSet.empty)((all, cpu) => all.`with`(cpu)))
        bench.put(bench.memory.csd(0, expected.head) + KernelMemory.CSD_FLAGS, 0)
        expected = expected.tail
        // the callee returns, and its caller goes on to the next csd
        stack = bench.run(stack.head) ++ stack.tail
        if (expected.nonEmpty) stack = bench.run(stack.head) ++ stack.tail
      }
    }
    "warn once when irqs are off, where the kernel does that" in {
      val bench = new Bench(Machines.Hanging, 2)
      bench.kernel.irqsOff()
      for (_ <- 1 to 3) bench.run(SmpCallFunction.call(CallFunction.FLUSH_ICACHE_ALL, 0, true), spin => {
        bench.put(spin.physical, 0)
        bench.put(bench.memory.callQueue(1), 0)
        true
      })
      bench.kernel.logs.warnings should have size 1
    }
  }

  "The call-function interrupt" should {
    "run what several CPUs have queued, oldest first, and release each csd" in {
      val bench = new Bench("delayed-flush", 4, self = 3)
      val flags = Map(0 -> 3L, 1 -> 1L, 2 -> 3L) // locked; 2: its caller waits
      for (source <- 0 to 2) {
        val csd = bench.memory.csd(source, 3)
        bench.put(csd + KernelMemory.CSD_FLAGS, flags(source))
        bench.put(csd + KernelMemory.CSD_FUNCTION, CallFunction.FLUSH_ICACHE_ALL.pointer)
        bench.put(csd + KernelMemory.CSD_NEXT, if (source == 0) 0 else bench.memory.csd(source - 1, 3))
      }
      bench.put(bench.memory.callQueue(3), bench.memory.csd(2, 3))
      bench.run(GenericSmpCallFunctionInterrupt.start()) shouldBe Nil
      bench.get(bench.memory.callQueue(3)) shouldBe 0
      val ran = bench.visited.collect {
        case handler: GenericSmpCallFunctionInterrupt if handler.at == GenericSmpCallFunctionInterrupt.At.RUN =>
          handler.csd
      }
      ran.distinct.toSeq shouldBe (0 to 2).map(bench.memory.csd(_, 3))
      for (source <- 0 to 2) bench.get(bench.memory.csd(source, 3) + KernelMemory.CSD_FLAGS) shouldBe 0
    }
    "do nothing with an empty queue" in {
      val bench = new Bench("delayed-flush", 2)
      bench.run(GenericSmpCallFunctionInterrupt.start()) shouldBe Nil
      bench.sent shouldBe empty
    }
  }

  "A wake-up" should {
    "send one IPI for a wake list that was empty, and none for one that was not" in {
      val bench = new Bench("delayed-flush", 3)
      bench.run(new TryToWakeUp(2, TaskKind.STOPPER)) shouldBe Nil
      bench.ipis should have size 1
      bench.run(new TryToWakeUp(2, TaskKind.SHELL)) shouldBe Nil
      bench.ipis should have size 1
      bench.get(bench.memory.wakeList(2)) shouldBe (TaskKind.STOPPER.wakeBit | TaskKind.SHELL.wakeBit)
      bench.run(new TryToWakeUp(1, TaskKind.SHELL)) shouldBe Nil
      bench.ipis should have size 2
    }
    "be taken off the list by the reschedule IPI, all at once" in {
      val bench = new Bench("delayed-flush", 3, self = 2)
      bench.put(bench.memory.wakeList(2), TaskKind.STOPPER.wakeBit | TaskKind.SHELL.wakeBit)
      bench.kernel.task(TaskKind.STOPPER).runnable shouldBe false
      bench.run(new SchedulerIpi) shouldBe Nil
      bench.get(bench.memory.wakeList(2)) shouldBe 0
      bench.kernel.task(TaskKind.STOPPER).runnable shouldBe true
      bench.kernel.task(TaskKind.SHELL).runnable shouldBe true
    }
    "need no message on its own CPU" in {
      val bench = new Bench("delayed-flush", 3)
      bench.run(new TryToWakeUp(0, TaskKind.SHELL)) shouldBe Nil
      bench.sent shouldBe empty
      bench.kernel.task(TaskKind.SHELL).runnable shouldBe true
    }
  }

  "The interrupt entry" should {
    "serve the timer and an IPI that are pending together, then give irqs back" in {
      val bench = new Bench("delayed-flush", 2)
      val kernel = bench.kernel
      kernel.irqsOff()
      kernel.current.addPreemptCount(DoIrq.HARDIRQ_OFFSET)
      kernel.pending.raise(PendingInterrupts.Source.TIMER)
      kernel.pending.raiseVector(IpiKind.CALL_FUNCTION.vector)
      kernel.pending.raiseVector(IpiKind.RESCHED.vector)
      kernel.pending.names.size shouldBe 3
      bench.run(new DoIrq(DoIrq.At.DISPATCH, 0)) shouldBe Nil
      kernel.pending.any shouldBe false
      kernel.takeTickChange() shouldBe KernelCpu.TickChange.REARM
      kernel.counters.ipisTaken.toSeq shouldBe Seq(1, 1, 0)
      kernel.irqsOn shouldBe true
      kernel.current.preemptCount shouldBe 0
      bench.visited.map(_.function).distinct.toSeq shouldBe Seq("do_IRQ", "scheduler_ipi", "generic_smp_call_function_interrupt")
    }
    "read the mailbox of an Octeon once and serve every bit in it" in {
      val bench = new Bench("mailbox-nowait", 2)
      val kernel = bench.kernel
      kernel.irqsOff()
      kernel.current.addPreemptCount(DoIrq.HARDIRQ_OFFSET)
      kernel.pending.raise(PendingInterrupts.Source.MAILBOX)
      val waiting = bench.run(new DoIrq(DoIrq.At.DISPATCH, 0))
      waiting.map(_.function) shouldBe Seq("do_IRQ")
      bench.ipis should have size 1
      kernel.mailboxAnswer(IpiKind.RESCHED.mailboxBit | IpiKind.ICACHE_FLUSH.mailboxBit)
      bench.run(waiting.head) shouldBe Nil
      kernel.counters.ipisTaken.toSeq shouldBe Seq(1, 0, 1)
      kernel.irqsOn shouldBe true
      bench.ipis should have size 1
    }
  }

  "A contender for the tracer's mutex" should {
    "spin while another CPU holds it and say whose it is" in {
      val bench = new Bench("upstream", 4)
      bench.put(bench.memory.traceTypesLock, 3)
      val stack = bench.run(TracingSetTracer.call(true))
      stack.map(_.function) shouldBe Seq("tracing_set_tracer")
      stack.head.waitsFor(bench.kernel).get shouldBe new Wait.Mutex("tracing_set_tracer", "trace_types_lock", 2)
    }
    "give way instead to a task of higher priority that is due" in {
      val bench = new Bench("upstream", 4)
      bench.put(bench.memory.traceTypesLock, 3)
      bench.kernel.wakeHere(TaskKind.STOPPER)
      bench.once(TracingSetTracer.call(true)) shouldBe a[Step.CondResched]
    }
    "take it when it is free, and change nothing when the tracer is what it should be already" in {
      val bench = new Bench("upstream", 4)
      bench.put(bench.memory.currentTracer, 1)
      bench.run(TracingSetTracer.call(true)) shouldBe Nil
      bench.kernel.counters.wordsPatched shouldBe 0
      bench.get(bench.memory.traceTypesLock) shouldBe 0
    }
  }
}
