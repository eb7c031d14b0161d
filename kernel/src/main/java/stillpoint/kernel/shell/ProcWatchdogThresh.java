package stillpoint.kernel.shell;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.mm.KernelMemory;
import stillpoint.machine.coherence.AccessKind;

/** A write to {@code kernel.watchdog_thresh}. */
record ProcWatchdogThresh(long seconds) implements Frame {
  private static final int MOST_SECONDS = 60;

  @Override
  public String function() {
    return "proc_watchdog_thresh";
  }

  @Override
  public Step step(KernelCpu cpu) {
    if (seconds < 0 || seconds > MOST_SECONDS) {
      return Step.done(CommandStatus.INVALID_ARGUMENT, Costs.CALL);
    }
    long variable = cpu.memory().watchdogThresh();
    if (cpu.lacks(AccessKind.STORE, variable)) {
      return Step.stall(AccessKind.STORE, variable);
    }
    cpu.store(variable, KernelMemory.watchdogThreshWord(seconds));
    return Step.done(CommandStatus.OK, Costs.CALL);
  }
}
