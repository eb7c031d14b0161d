package stillpoint.kernel.irq;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.sched.TaskKind;
import stillpoint.machine.coherence.AccessKind;

/** Handler of the reschedule IPI: takes this CPU's wake list and makes the tasks in it runnable. */
public record SchedulerIpi() implements Frame {
  @Override
  public String function() {
    return "scheduler_ipi";
  }

  @Override
  public Step step(KernelCpu cpu) {
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
    return Step.done(Costs.WAKE_UP);
  }
}
