package stillpoint.kernel.shell;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.cpu.StoreKind;
import stillpoint.kernel.mm.KernelMemory;
import stillpoint.kernel.smp.CallFunction;
import stillpoint.kernel.smp.SmpCallFunction;

/** A write to {@code kernel.watchdog_thresh}: writes it down, and has every CPU start its watchdogs anew. */
record ProcWatchdogThresh(At at, long seconds) implements Frame {
  private static final int MOST_SECONDS = 60;

  /** Where execution is. */
  enum At {
    STORE,
    OTHERS,
    OWN
  }

  static Frame call(long seconds) {
    return new ProcWatchdogThresh(At.STORE, seconds);
  }

  @Override
  public String function() {
    return "proc_watchdog_thresh";
  }

  @Override
  public Step step(KernelCpu cpu) {
    return switch (at) {
      case STORE -> store(cpu);
      case OTHERS ->
          Step.call(
              new ProcWatchdogThresh(At.OWN, seconds),
              SmpCallFunction.call(CallFunction.RESTART_WATCHDOGS, seconds, true),
              Costs.CALL);
      case OWN -> Step.done(CommandStatus.OK, CallFunction.RESTART_WATCHDOGS.run(cpu, seconds));
    };
  }

  private Step store(KernelCpu cpu) {
    if (seconds < 0 || seconds > MOST_SECONDS) {
      return Step.done(CommandStatus.INVALID_ARGUMENT, Costs.CALL);
    }
    long variable = cpu.memory().watchdogThresh();
    if (cpu.lacks(StoreKind.PLAIN, variable)) {
      return Step.stall(StoreKind.PLAIN, variable);
    }
    cpu.store(StoreKind.PLAIN, variable, KernelMemory.watchdogThreshWord(seconds));
    return Step.next(new ProcWatchdogThresh(At.OTHERS, seconds), Costs.CALL);
  }
}
