package stillpoint.kernel.sched;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.cpu.StoreKind;

/**
 * {@code might_sleep()} of a task that may not: reports it, at most once a second on the whole machine, as the kernel does.
 */
public record MightSleep() implements Frame {
  private static final long REPORT_EVERY_NANOS = 1_000_000_000;

  @Override
  public String function() {
    return "__might_sleep";
  }

  @Override
  public Step step(KernelCpu cpu) {
    long variable = cpu.memory().sleepReportedAt();
    if (cpu.lacksUpdate(StoreKind.PLAIN, variable)) {
      return Step.stall(StoreKind.PLAIN, variable);
    }
    long last = cpu.load(variable);
    if (last != 0 && cpu.cycle() - last < cpu.cyclesIn(REPORT_EVERY_NANOS)) {
      return Step.done(Costs.FEW);
    }
    cpu.store(StoreKind.PLAIN, variable, cpu.cycle());
    cpu.printkWarning("BUG: sleeping function called from invalid context");
    return Step.done(Costs.PRINTK);
  }
}
