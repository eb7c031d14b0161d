package stillpoint.kernel.testmod;

import java.util.Optional;
import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.locking.KernelLock;
import stillpoint.kernel.locking.MutexLock;
import stillpoint.kernel.locking.MutexUnlock;
import stillpoint.kernel.mm.ProtocolMemory;
import stillpoint.kernel.smp.CallFunction;
import stillpoint.kernel.smp.SmpCallFunction;
import stillpoint.kernel.wait.Wait;
import stillpoint.machine.coherence.AccessKind;

/**
 * An expedited RCU grace period: every other CPU is sent an IPI, whose handler says that the CPU is in no reader; it is over
 * when all have said so. Linux sleeps while it waits; here it polls, as it must if its caller holds a spin lock.
 *
 * @param next the CPU that execution is at
 */
public record SynchronizeRcuExpedited(At at, int next) implements Frame {
  /** Where execution is. */
  public enum At {
    LOCK,
    MARK,
    CALL,
    WAIT,
    UNLOCK,
    LEAVE
  }

  public static Frame call() {
    return new SynchronizeRcuExpedited(At.LOCK, 0);
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
      case LOCK -> Step.call(to(At.MARK, first(cpu)), new MutexLock(mutex), Costs.CALL);
      case MARK -> {
        if (next < 0) {
          yield Step.next(to(At.CALL, 0), Costs.FEW);
        }
        long owes = memory.owesQuiescentState(next);
        if (cpu.lacks(AccessKind.STORE, owes)) {
          yield Step.stall(AccessKind.STORE, owes);
        }
        cpu.store(owes, 1);
        yield Step.next(to(At.MARK, following(cpu)), Costs.FEW);
      }
      case CALL ->
          Step.call(
              to(At.WAIT, first(cpu)),
              SmpCallFunction.call(CallFunction.RCU_EXP_HANDLER, 0, false),
              Costs.CALL);
      case WAIT -> {
        if (next < 0) {
          yield Step.next(to(At.UNLOCK, 0), Costs.FEW);
        }
        long owes = memory.owesQuiescentState(next);
        if (cpu.lacks(AccessKind.LOAD, owes)) {
          yield Step.stall(AccessKind.LOAD, owes);
        }
        yield cpu.load(owes) == 0
            ? Step.next(to(At.WAIT, following(cpu)), Costs.FEW)
            : new Step.Spin(owes);
      }
      case UNLOCK -> Step.call(to(At.LEAVE, 0), new MutexUnlock(mutex), Costs.CALL);
      case LEAVE -> Step.done(Costs.CALL);
    };
  }

  private static int first(KernelCpu cpu) {
    return cpu.online().without(cpu.cpu()).next(0);
  }

  private int following(KernelCpu cpu) {
    return cpu.online().without(cpu.cpu()).next(next + 1);
  }

  private static Frame to(At where, int cpu) {
    return new SynchronizeRcuExpedited(where, cpu);
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
