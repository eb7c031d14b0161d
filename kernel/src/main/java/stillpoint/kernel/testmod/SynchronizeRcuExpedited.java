package stillpoint.kernel.testmod;

import java.util.Optional;
import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.hotplug.ReadOnlineMask;
import stillpoint.kernel.locking.KernelLock;
import stillpoint.kernel.locking.MutexLock;
import stillpoint.kernel.locking.MutexUnlock;
import stillpoint.kernel.mm.ProtocolMemory;
import stillpoint.kernel.smp.CallFunction;
import stillpoint.kernel.smp.SmpCallFunction;
import stillpoint.kernel.wait.Wait;
import stillpoint.machine.coherence.AccessKind;
import stillpoint.machine.interrupt.CpuSet;

/**
 * An expedited RCU grace period: every other CPU is sent an IPI, whose handler says that the CPU is in no reader; it is over
 * when all have said so. Linux sleeps while it waits; here it polls, as it must if its caller holds a spin lock.
 *
 * @param cpus the others that are online; preemption is off until they are called
 * @param next the CPU that execution is at
 */
public record SynchronizeRcuExpedited(At at, CpuSet cpus, int next) implements Frame {
  /** Where execution is. */
  public enum At {
    LOCK,
    READ_MASK,
    ENTER,
    MARK,
    CALL,
    CALLED,
    WAIT,
    UNLOCK,
    LEAVE
  }

  public static Frame call() {
    return new SynchronizeRcuExpedited(At.LOCK, CpuSet.empty(), 0);
  }

  @Override
  public String function() {
    return "synchronize_rcu_expedited";
  }

  @Override
  public Step step(KernelCpu cpu) {
    ProtocolMemory memory = ProtocolMemory.of(cpu.memory());
    KernelLock mutex = memory.rcuExpeditedMutex();
    return switch (at) {
      case LOCK -> Step.call(to(At.READ_MASK, 0), new MutexLock(mutex), Costs.CALL);
      case READ_MASK -> {
        cpu.preemptDisable();
        yield Step.call(to(At.ENTER, 0), ReadOnlineMask.call(), Costs.FEW);
      }
      case ENTER -> {
        CpuSet others = cpu.online().without(cpu.cpu());
        yield Step.next(new SynchronizeRcuExpedited(At.MARK, others, others.next(0)), Costs.FEW);
      }
      case MARK -> {
        if (next < 0) {
          yield Step.next(to(At.CALL, 0), Costs.FEW);
        }
        long owes = memory.owesQuiescentState(next);
        if (cpu.lacks(AccessKind.STORE, owes)) {
          yield Step.stall(AccessKind.STORE, owes);
        }
        cpu.store(owes, 1);
        yield Step.next(to(At.MARK, cpus.next(next + 1)), Costs.FEW);
      }
      case CALL ->
          Step.call(
              to(At.CALLED, 0),
              SmpCallFunction.call(CallFunction.RCU_EXP_HANDLER, 0, false),
              Costs.CALL);
      case CALLED -> {
        cpu.preemptEnable();
        yield Step.next(to(At.WAIT, cpus.next(0)), Costs.FEW);
      }
      case WAIT -> {
        if (next < 0) {
          yield Step.next(to(At.UNLOCK, 0), Costs.FEW);
        }
        long owes = memory.owesQuiescentState(next);
        if (cpu.lacks(AccessKind.LOAD, owes)) {
          yield Step.stall(AccessKind.LOAD, owes);
        }
        yield cpu.load(owes) == 0
            ? Step.next(to(At.WAIT, cpus.next(next + 1)), Costs.FEW)
            : new Step.Spin(owes);
      }
      case UNLOCK -> Step.call(to(At.LEAVE, 0), new MutexUnlock(mutex), Costs.CALL);
      case LEAVE -> Step.done(Costs.CALL);
    };
  }

  private Frame to(At where, int cpu) {
    return new SynchronizeRcuExpedited(where, cpus, cpu);
  }

  @Override
  public Optional<Wait> waitsFor(KernelCpu cpu) {
    return at == At.WAIT && next >= 0
        ? Optional.of(new Wait.Handler(function(), "quiescent state", next))
        : Optional.empty();
  }

  /** The IPI's handler. */
  public record Handler() implements Frame {
    @Override
    public String function() {
      return "rcu_exp_handler";
    }

    @Override
    public Step step(KernelCpu cpu) {
      long owes = ProtocolMemory.of(cpu.memory()).owesQuiescentState(cpu.cpu());
      if (cpu.lacks(AccessKind.STORE, owes)) {
        return Step.stall(AccessKind.STORE, owes);
      }
      cpu.store(owes, 0);
      return Step.done(Costs.CALL);
    }
  }
}
