package stillpoint.kernel.locking;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.cpu.StoreKind;
import stillpoint.machine.coherence.AccessKind;
import stillpoint.machine.time.BrokenInvariant;

/**
 * Gives a spin lock back; preemption comes on again, and irqs if they were on.
 *
 * @param irqsOn whether irqs are on afterwards, if this CPU has them off
 */
public record SpinUnlock(KernelLock lock, boolean irqsOn) implements Frame {
  @Override
  public String function() {
    return "_raw_spin_unlock";
  }

  @Override
  public Step step(KernelCpu cpu) {
    if (cpu.lacks(StoreKind.RELEASE, lock.address())) {
      return Step.stall(StoreKind.RELEASE, lock.address());
    }
    boolean readable = !cpu.lacks(AccessKind.LOAD, lock.address());
    if (readable && cpu.load(lock.address()) != cpu.cpu() + 1L) {
      throw new BrokenInvariant(
          "cpu" + cpu.cpu() + " at cycle " + cpu.cycle() + " unlocks " + lock + ", not its own");
    }
    cpu.store(StoreKind.RELEASE, lock.address(), 0);
    cpu.preemptEnable();
    if (irqsOn) {
      cpu.irqsOn(true);
    }
    return Step.done(Costs.FEW);
  }
}
