package stillpoint.kernel.irq;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.sched.TaskKind;
import stillpoint.kernel.watch.RcuReportQs;
import stillpoint.machine.coherence.AccessKind;

/**
 * Handler of the reschedule IPI: takes this CPU's wake list and makes the tasks in it runnable; hears that a grace period
 * of RCU has begun.
 */
public record SchedulerIpi(boolean taken) implements Frame {
  /** In the wake list: a grace period has begun. */
  public static final long RCU_BIT = 1L << 62;

  public SchedulerIpi() {
    this(false);
  }

  @Override
  public String function() {
    return "scheduler_ipi";
  }

  @Override
  public Step step(KernelCpu cpu) {
    if (taken) {
      return Step.done(Costs.FEW);
    }
    long list = cpu.memory().wakeList(cpu.cpu());
    if (cpu.lacks(AccessKind.STORE, list)) {
      return Step.stall(AccessKind.STORE, list);
    }
    long woken = cpu.load(list);
    cpu.store(list, 0);
    for (TaskKind kind : TaskKind.values()) {
      if ((woken & kind.wakeBit()) != 0) {
        cpu.wakeHere(kind);
      }
    }
    if ((woken & RCU_BIT) != 0 && cpu.detectors().rcuBegins(cpu)) {
      return Step.call(new SchedulerIpi(true), RcuReportQs.call(), Costs.WAKE_UP);
    }
    return Step.done(Costs.WAKE_UP);
  }
}
