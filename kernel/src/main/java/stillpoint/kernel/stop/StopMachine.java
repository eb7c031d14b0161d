package stillpoint.kernel.stop;

import java.util.Optional;
import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.cpu.StoreKind;
import stillpoint.kernel.hotplug.ReadOnlineMask;
import stillpoint.kernel.locking.KernelLock;
import stillpoint.kernel.locking.MutexLock;
import stillpoint.kernel.locking.MutexUnlock;
import stillpoint.kernel.mm.KernelMemory;
import stillpoint.kernel.mm.ProtocolMemory;
import stillpoint.kernel.sched.MightSleep;
import stillpoint.kernel.sched.TaskKind;
import stillpoint.kernel.sched.TryToWakeUp;
import stillpoint.kernel.sched.WaitForCompletion;
import stillpoint.kernel.wait.Wait;
import stillpoint.machine.coherence.AccessKind;
import stillpoint.machine.interrupt.CpuSet;

/**
 * stop_machine(): takes the cpu-hotplug lock, which may sleep, hands {@code multi_cpu_stop} to the stopper thread of every
 * CPU that is online and sleeps until all are through. Linux takes that lock for reading and a stop_cpus_mutex besides;
 * here the one lock does for both, so there is one stop_machine() at a time. Preemption is off while the works are handed out, or the caller's
 * own stopper would take over before the last CPU has its work.
 *
 * @param runs the CPU that runs the work; {@link #FIRST_ONLINE}
 * @param cpus those that are online
 * @param next the CPU that execution is at
 */
public record StopMachine(At at, StopWork work, int runs, CpuSet cpus, int next) implements Frame {
  /** stop_machine(fn, data, NULL): only the first online CPU runs the function. */
  private static final int FIRST_ONLINE = -1;

  /** Where execution is. */
  public enum At {
    MIGHT_SLEEP,
    TAKE_HOTPLUG_LOCK,
    READ_MASK,
    SET_STATE,
    SET_ACK,
    SET_TODO,
    CLEAR_DONE,
    SET_CALLER,
    QUEUE,
    WAKE,
    SLEEP,
    LEAVE,
    RETURN
  }

  public static Frame call(StopWork work) {
    return new StopMachine(At.MIGHT_SLEEP, work, FIRST_ONLINE, CpuSet.empty(), 0);
  }

  /** stop_machine_cpuslocked(take_cpu_down, NULL, target), whose caller has the cpu-hotplug lock. */
  public static Frame takeCpuDown(int target) {
    return new StopMachine(At.READ_MASK, StopWork.TAKE_CPU_DOWN, target, CpuSet.empty(), 0);
  }

  @Override
  public String function() {
    return hasLockOfCaller() ? "stop_machine_cpuslocked" : "stop_machine";
  }

  @Override
  public Step step(KernelCpu cpu) {
    KernelMemory memory = cpu.memory();
    return switch (at) {
      case MIGHT_SLEEP ->
          cpu.inAtomic()
              ? Step.call(to(At.TAKE_HOTPLUG_LOCK), new MightSleep(), Costs.CALL)
              : Step.next(to(At.TAKE_HOTPLUG_LOCK), Costs.FEW);
      case TAKE_HOTPLUG_LOCK ->
          Step.call(to(At.READ_MASK), new MutexLock(hotplugLock(memory)), Costs.CALL);
      case READ_MASK -> Step.call(to(At.SET_STATE), ReadOnlineMask.call(), Costs.FEW);
      case SET_STATE -> setState(cpu);
      case SET_ACK -> set(cpu, memory.stopAck(), cpus.size(), At.SET_TODO);
      case SET_TODO -> set(cpu, memory.stopTodo(), cpus.size(), At.CLEAR_DONE);
      case CLEAR_DONE -> set(cpu, memory.stopDone(), 0, At.SET_CALLER);
      case SET_CALLER -> {
        if (cpu.lacks(StoreKind.PLAIN, memory.stopCaller(), 2)) {
          yield Step.stall(StoreKind.PLAIN, memory.stopCaller());
        }
        cpu.store(StoreKind.PLAIN, memory.stopCaller(), cpu.cpu() + 1L);
        cpu.store(StoreKind.PLAIN, memory.stopCpusInProgress(), 1);
        cpu.preemptDisable();
        yield Step.next(to(At.QUEUE, cpus.next(0)), Costs.FEW);
      }
      case QUEUE -> {
        if (next >= 0) {
          yield queue(cpu, memory.stopperWork(next));
        }
        if (cpu.lacks(StoreKind.PLAIN, memory.stopCpusInProgress())) {
          yield Step.stall(StoreKind.PLAIN, memory.stopCpusInProgress());
        }
        cpu.store(StoreKind.PLAIN, memory.stopCpusInProgress(), 0);
        cpu.preemptEnable();
        yield Step.next(to(At.SLEEP), Costs.FEW);
      }
      case WAKE ->
          Step.call(
              to(At.QUEUE, cpus.next(next + 1)),
              new TryToWakeUp(next, TaskKind.STOPPER),
              Costs.CALL);
      case SLEEP -> Step.call(to(At.LEAVE), new WaitForCompletion(memory.stopDone()), Costs.CALL);
      case LEAVE ->
          hasLockOfCaller()
              ? Step.done(Costs.CALL)
              : Step.call(to(At.RETURN), new MutexUnlock(hotplugLock(memory)), Costs.CALL);
      case RETURN -> Step.done(Costs.CALL);
    };
  }

  private boolean hasLockOfCaller() {
    return work == StopWork.TAKE_CPU_DOWN;
  }

  private static KernelLock hotplugLock(KernelMemory memory) {
    return ProtocolMemory.of(memory).cpuHotplugLock();
  }

  /**
   * The state is written down with how many take part and who runs the work, all in a line. Nobody looks before the first
   * stopper's lock was taken, which orders all of it.
   */
  private Step setState(KernelCpu cpu) {
    KernelMemory memory = cpu.memory();
    if (cpu.lacks(StoreKind.PLAIN, memory.stopState(), 3)) {
      return Step.stall(StoreKind.PLAIN, memory.stopState());
    }
    CpuSet online = cpu.online();
    cpu.store(StoreKind.PLAIN, memory.stopState(), StopState.PREPARE.ordinal());
    cpu.store(StoreKind.PLAIN, memory.stopThreads(), online.size());
    cpu.store(StoreKind.PLAIN, memory.stopActive(), runs == FIRST_ONLINE ? online.next(0) : runs);
    return Step.next(new StopMachine(At.SET_ACK, work, runs, online, 0), Costs.FEW);
  }

  /** Takes the stopper's lock, adds the work and unlocks in one go: all of it is in one line. */
  private Step queue(KernelCpu cpu, long stopper) {
    if (cpu.lacks(AccessKind.STORE, stopper)) {
      return Step.stall(AccessKind.STORE, stopper);
    }
    if (!Stopper.isFree(cpu, stopper)) {
      return new Step.Spin(stopper);
    }
    if (!Stopper.hasRoom(cpu, stopper)) {
      return Step.next(this, Costs.CALL);
    }
    Stopper.add(cpu, stopper, StopCall.ofMachine(work));
    return Step.next(to(At.WAKE), Costs.FEW);
  }

  private StopMachine to(At where) {
    return to(where, next);
  }

  private StopMachine to(At where, int cpu) {
    return new StopMachine(where, work, runs, cpus, cpu);
  }

  private Step set(KernelCpu cpu, long variable, long value, At then) {
    if (cpu.lacks(StoreKind.PLAIN, variable)) {
      return Step.stall(StoreKind.PLAIN, variable);
    }
    cpu.store(StoreKind.PLAIN, variable, value);
    return Step.next(to(then), Costs.FEW);
  }

  @Override
  public Optional<Wait> waitsFor(KernelCpu cpu) {
    if (at == At.QUEUE && next >= 0) {
      return Stopper.waitForLock(cpu, function(), next);
    }
    // also while its own stopper has preempted it on its way to sleep
    return at == At.SLEEP || at == At.LEAVE
        ? Optional.of(new Wait.StopMachineDone(function(), cpus))
        : Optional.empty();
  }
}
