package stillpoint.kernel.watch;

import java.util.Optional;
import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.hotplug.ReadOnlineMask;
import stillpoint.kernel.irq.IpiKind;
import stillpoint.kernel.irq.SchedulerIpi;
import stillpoint.kernel.mm.KernelMemory;
import stillpoint.kernel.sched.WaitForCompletion;
import stillpoint.kernel.wait.Wait;
import stillpoint.machine.coherence.AccessKind;
import stillpoint.machine.interrupt.CpuSet;

/**
 * synchronize_rcu(): begins a grace period and sleeps until every CPU has passed a quiescent state. The others hear of it by
 * the reschedule IPI; an idle CPU answers out of its handler, a busy one on its next tick. One grace period at a time: a
 * second caller spins until the first has its own, and gives way to its stopper as mutexes do.
 *
 * @param cpus those that are online; preemption is off until they have been told
 * @param next the CPU that execution is at
 */
public record SynchronizeRcu(At at, CpuSet cpus, int next) implements Frame {
  /** Where execution is. */
  public enum At {
    BEGIN,
    READ_MASK,
    SET_LEFT,
    SET_STALL,
    CLEAR_DONE,
    SET_CALLER,
    TELL,
    SLEEP,
    LET_OTHERS,
    LEAVE
  }

  public static Frame call() {
    return new SynchronizeRcu(At.BEGIN, CpuSet.empty(), 0);
  }

  @Override
  public String function() {
    return "synchronize_rcu";
  }

  @Override
  public Step step(KernelCpu cpu) {
    KernelMemory memory = cpu.memory();
    return switch (at) {
      case BEGIN -> begin(cpu);
      case READ_MASK -> {
        cpu.preemptDisable();
        yield Step.call(to(At.SET_LEFT), ReadOnlineMask.call(), Costs.FEW);
      }
      case SET_LEFT -> {
        CpuSet online = cpu.online();
        Frame then = new SynchronizeRcu(At.SET_STALL, online, 0);
        yield set(cpu, memory.rcuCpusLeft(), online.size(), then);
      }
      case SET_STALL -> {
        long timeout = cpu.cyclesOfNanos(cpu.config().detectors().rcuStallTimeoutNanos());
        yield set(cpu, memory.rcuStallAt(), cpu.clock() + timeout, to(At.CLEAR_DONE));
      }
      case CLEAR_DONE -> set(cpu, memory.rcuDone(), 0, to(At.SET_CALLER));
      case SET_CALLER -> {
        Frame first = new SynchronizeRcu(At.TELL, cpus, cpus.next(0));
        yield set(cpu, memory.rcuCaller(), cpu.cpu() + 1L, first);
      }
      case TELL -> tell(cpu);
      case SLEEP ->
          Step.call(to(At.LET_OTHERS), new WaitForCompletion(memory.rcuDone()), Costs.CALL);
      case LET_OTHERS -> set(cpu, memory.rcuGracePeriod(), 0, to(At.LEAVE));
      case LEAVE -> Step.done(Costs.CALL);
    };
  }

  private Step begin(KernelCpu cpu) {
    long gracePeriod = cpu.memory().rcuGracePeriod();
    if (cpu.lacks(AccessKind.STORE, gracePeriod)) {
      return Step.stall(AccessKind.STORE, gracePeriod);
    }
    if (cpu.load(gracePeriod) != 0) {
      return cpu.needResched() ? new Step.CondResched(this, Costs.FEW) : new Step.Spin(gracePeriod);
    }
    cpu.store(gracePeriod, cpu.cpu() + 1L);
    return Step.next(to(At.READ_MASK), Costs.FEW);
  }

  /** Each other CPU by a bit in its wake list; this one passes a quiescent state when it goes to sleep. */
  private Step tell(KernelCpu cpu) {
    if (next < 0) {
      cpu.preemptEnable();
      return Step.next(to(At.SLEEP), Costs.FEW);
    }
    Frame after = new SynchronizeRcu(At.TELL, cpus, cpus.next(next + 1));
    if (next == cpu.cpu()) {
      cpu.detectors().rcu().begins(false);
      return Step.next(after, Costs.FEW);
    }
    long list = cpu.memory().wakeList(next);
    if (cpu.lacks(AccessKind.STORE, list)) {
      return Step.stall(AccessKind.STORE, list);
    }
    long before = cpu.load(list);
    cpu.store(list, before | SchedulerIpi.RCU_BIT);
    if (before == 0) {
      cpu.sendIpi(IpiKind.RESCHED, CpuSet.of(next));
    }
    return Step.next(after, Costs.SEND_IPI);
  }

  private SynchronizeRcu to(At where) {
    return new SynchronizeRcu(where, cpus, 0);
  }

  static Step set(KernelCpu cpu, long variable, long value, Frame then) {
    if (cpu.lacks(AccessKind.STORE, variable)) {
      return Step.stall(AccessKind.STORE, variable);
    }
    cpu.store(variable, value);
    return Step.next(then, Costs.FEW);
  }

  @Override
  public Optional<Wait> waitsFor(KernelCpu cpu) {
    if (at == At.LET_OTHERS) {
      return Optional.of(new Wait.GracePeriod(function(), cpus));
    }
    if (at != At.BEGIN) {
      return Optional.empty();
    }
    int owner = (int) Math.abs(cpu.load(cpu.memory().rcuGracePeriod())) - 1;
    return Optional.of(new Wait.Mutex(function(), "rcu_state.gp_wq", owner));
  }
}
