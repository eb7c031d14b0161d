package stillpoint.kernel.locking;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.machine.coherence.AccessKind;

/** Gives a mutex back. */
public record MutexUnlock(KernelLock mutex) implements Frame {
  @Override
  public String function() {
    return "mutex_unlock";
  }

  @Override
  public Step step(KernelCpu cpu) {
    if (cpu.lacks(AccessKind.STORE, mutex.address())) {
      return Step.stall(AccessKind.STORE, mutex.address());
    }
    cpu.store(mutex.address(), 0);
    return Step.done(Costs.FEW);
  }
}
