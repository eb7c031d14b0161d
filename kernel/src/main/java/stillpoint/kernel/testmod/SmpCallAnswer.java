package stillpoint.kernel.testmod;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.cpu.StoreKind;
import stillpoint.kernel.locking.Udelay;
import stillpoint.kernel.mm.ProtocolMemory;
import stillpoint.kernel.smp.CallFunction;
import stillpoint.kernel.smp.SmpCallFunctionMany;
import stillpoint.machine.coherence.AccessKind;
import stillpoint.machine.interrupt.CpuSet;

/**
 * Asks another CPU something, again and again: each synchronous call carries its number, and the function called writes that
 * number down. When the call returns the answer must be there. It is not if the number was not there yet when the function ran
 * (llist_add()), or if the csd was released before the answer was (csd_unlock()).
 *
 * @param number of the call that execution is at, 1 for the first
 */
public record SmpCallAnswer(At at, int target, int calls, long gapNanos, int number)
    implements Frame {
  /** Where execution is. */
  public enum At {
    CALL,
    CHECK,
    PAUSE,
    LEAVE
  }

  private static final int CALLER_SHIFT = 32;

  public static Frame call(int target, int calls, long gapNanos) {
    return new SmpCallAnswer(At.CALL, target, calls, gapNanos, 1);
  }

  @Override
  public String function() {
    return "test_smp_call";
  }

  @Override
  public Step step(KernelCpu cpu) {
    return switch (at) {
      case CALL ->
          Step.call(
              to(At.CHECK, number),
              SmpCallFunctionMany.call(
                  CpuSet.of(target),
                  CallFunction.TEST_ANSWER,
                  (long) cpu.cpu() << CALLER_SHIFT | number,
                  true),
              Costs.CALL);
      case CHECK -> check(cpu);
      case PAUSE ->
          number == calls
              ? Step.next(to(At.LEAVE, number), Costs.FEW)
              : Step.call(to(At.CALL, number + 1), Udelay.of(gapNanos), Costs.CALL);
      case LEAVE -> Step.done(Costs.CALL);
    };
  }

  private Step check(KernelCpu cpu) {
    long answer = ProtocolMemory.of(cpu.memory()).callAnswer(cpu.cpu());
    if (cpu.lacks(AccessKind.LOAD, answer)) {
      return Step.stall(AccessKind.LOAD, answer);
    }
    if (cpu.load(answer) == number) {
      return Step.next(to(At.PAUSE, number), Costs.FEW);
    }
    cpu.printkWarning(
        "test_smp_call: CPU %d answered call %d of CPU %d with %d"
            .formatted(target, number, cpu.cpu(), cpu.load(answer)));
    return Step.next(to(At.PAUSE, number), Costs.PRINTK);
  }

  private SmpCallAnswer to(At where, int call) {
    return new SmpCallAnswer(where, target, calls, gapNanos, call);
  }

  /**
   * The function called.
   *
   * @param info who calls, in the upper half, and the number of the call
   */
  public record Handler(long info) implements Frame {
    @Override
    public String function() {
      return "test_answer";
    }

    @Override
    public Step step(KernelCpu cpu) {
      long answer = ProtocolMemory.of(cpu.memory()).callAnswer((int) (info >>> CALLER_SHIFT));
      if (cpu.lacks(StoreKind.PLAIN, answer)) {
        return Step.stall(StoreKind.PLAIN, answer);
      }
      cpu.store(StoreKind.PLAIN, answer, (int) info);
      return Step.done(Costs.FEW);
    }
  }
}
