package stillpoint.kernel.smp;

import java.util.Optional;
import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.wait.Wait;

/** Waits until a csd that an earlier call left with {@code target} is free again; the caller then takes it. */
public record CsdLock(long csd, int target) implements Frame {
  @Override
  public String function() {
    return "csd_lock";
  }

  @Override
  public Step step(KernelCpu cpu) {
    CsdLockWait wait = new CsdLockWait(csd);
    boolean watched = cpu.config().detectors().csdLockDebug() && wait.mustWait(cpu);
    return watched ? Step.call(this, wait, Costs.FEW) : wait.step(cpu);
  }

  @Override
  public Optional<Wait> waitsFor(KernelCpu cpu) {
    return Optional.of(new Wait.CsdReuse(function(), target));
  }
}
