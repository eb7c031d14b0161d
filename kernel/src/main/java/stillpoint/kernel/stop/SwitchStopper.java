package stillpoint.kernel.stop;

import java.util.Optional;
import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.cpu.StoreKind;
import stillpoint.kernel.wait.Wait;

/** Enables a CPU's stopper, or disables it: works that are on its list are still done, later ones discarded. */
public record SwitchStopper(int target, boolean enable) implements Frame {
  @Override
  public String function() {
    return enable ? "stop_machine_unpark" : "stop_machine_park";
  }

  @Override
  public Step step(KernelCpu cpu) {
    long line = cpu.memory().stopperWork(target);
    if (cpu.lacksUpdate(StoreKind.PLAIN, line)) {
      return Step.stall(StoreKind.PLAIN, line);
    }
    if (!Stopper.isFree(cpu, line)) {
      return new Step.Spin(line);
    }
    Stopper.enable(cpu, line, enable);
    return Step.done(Costs.CALL);
  }

  @Override
  public Optional<Wait> waitsFor(KernelCpu cpu) {
    return Stopper.waitForLock(cpu, function(), target);
  }
}
