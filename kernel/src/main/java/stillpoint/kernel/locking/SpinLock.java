package stillpoint.kernel.locking;

import java.util.Optional;
import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.wait.Wait;
import stillpoint.machine.coherence.AccessKind;

/**
 * Takes a spin lock: preemption goes off, and irqs too if asked for, before it begins to spin. Returns 1 if irqs were on, for
 * {@link SpinUnlock}. It polls with loads and writes only a lock that it saw free, so contenders share the line.
 *
 * @param irqsave whether irqs go off
 * @param irqsWereOn what they were, once they are off
 */
public record SpinLock(At at, KernelLock lock, boolean irqsave, boolean irqsWereOn)
    implements Frame {
  /** Where execution is. */
  public enum At {
    ENTER,
    POLL,
    TAKE
  }

  /** {@code spin_lock}: interrupts are taken while it spins. */
  public static Frame plain(KernelLock lock) {
    return new SpinLock(At.ENTER, lock, false, true);
  }

  /** {@code spin_lock_irqsave}. */
  public static Frame irqsave(KernelLock lock) {
    return new SpinLock(At.ENTER, lock, true, true);
  }

  @Override
  public String function() {
    return irqsave ? "_raw_spin_lock_irqsave" : "_raw_spin_lock";
  }

  @Override
  public Step step(KernelCpu cpu) {
    return switch (at) {
      case ENTER -> {
        boolean were = cpu.irqsOn();
        if (irqsave) {
          cpu.irqsOff();
        }
        cpu.preemptDisable();
        yield Step.next(new SpinLock(At.POLL, lock, irqsave, were), Costs.FEW);
      }
      case POLL -> {
        if (cpu.lacks(AccessKind.LOAD, lock.address())) {
          yield Step.stall(AccessKind.LOAD, lock.address());
        }
        yield cpu.load(lock.address()) == 0
            ? Step.next(new SpinLock(At.TAKE, lock, irqsave, irqsWereOn), Costs.FEW)
            : new Step.Spin(lock.address());
      }
      case TAKE -> {
        if (cpu.lacks(AccessKind.STORE, lock.address())) {
          yield Step.stall(AccessKind.STORE, lock.address());
        }
        if (cpu.load(lock.address()) != 0) {
          yield Step.next(new SpinLock(At.POLL, lock, irqsave, irqsWereOn), Costs.FEW);
        }
        cpu.store(lock.address(), cpu.cpu() + 1L);
        yield Step.done(irqsWereOn ? 1 : 0, Costs.FEW);
      }
    };
  }

  @Override
  public Optional<Wait> waitsFor(KernelCpu cpu) {
    if (at != At.POLL || cpu.lacks(AccessKind.LOAD, lock.address())) {
      return Optional.empty();
    }
    int owner = (int) cpu.load(lock.address()) - 1;
    return owner < 0
        ? Optional.empty()
        : Optional.of(new Wait.SpinLock(function(), lock.name(), owner));
  }
}
