package stillpoint.kernel.sched;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.irq.IpiKind;
import stillpoint.machine.coherence.AccessKind;
import stillpoint.machine.interrupt.CpuSet;

/**
 * Wakes a task of a CPU. On another CPU it goes onto that CPU's wake list, and the reschedule IPI is sent only if the list
 * was empty, because else one is on its way.
 */
public record TryToWakeUp(int target, TaskKind kind) implements Frame {
  @Override
  public String function() {
    return "try_to_wake_up";
  }

  @Override
  public Step step(KernelCpu cpu) {
    if (target == cpu.cpu()) {
      cpu.wakeHere(kind);
      return Step.done(Costs.WAKE_UP);
    }
    long list = cpu.memory().wakeList(target);
    if (cpu.lacks(AccessKind.STORE, list)) {
      return Step.stall(AccessKind.STORE, list);
    }
    long before = cpu.load(list);
    cpu.store(list, before | kind.wakeBit());
    if (before == 0) {
      cpu.sendIpi(IpiKind.RESCHED, CpuSet.of(target));
    }
    return Step.done(Costs.WAKE_UP);
  }
}
