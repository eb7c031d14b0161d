package stillpoint.kernel.smp;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.mm.KernelMemory;
import stillpoint.machine.coherence.AccessKind;

/** Spins until a csd of this CPU is released by its target. */
public record CsdLockWait(long csd) implements Frame {
  @Override
  public String function() {
    return "csd_lock_wait";
  }

  @Override
  public Step step(KernelCpu cpu) {
    long flags = csd + KernelMemory.CSD_FLAGS;
    if (cpu.lacks(AccessKind.LOAD, flags)) {
      return Step.stall(AccessKind.LOAD, flags);
    }
    return cpu.load(flags) == 0 ? Step.done(Costs.FEW) : new Step.Spin(flags);
  }
}
