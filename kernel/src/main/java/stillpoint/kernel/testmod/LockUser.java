package stillpoint.kernel.testmod;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.locking.KernelLock;
import stillpoint.kernel.locking.SpinLock;
import stillpoint.kernel.locking.SpinUnlock;
import stillpoint.kernel.locking.Udelay;
import stillpoint.kernel.mm.ProtocolMemory;

/**
 * Takes the test lock, holds it for a while, gives it back.
 *
 * @param irqsOff whether it takes the lock with irqs off
 * @param irqsWereOn how to leave
 */
public record LockUser(At at, boolean irqsOff, long holdNanos, boolean irqsWereOn)
    implements Frame {
  /** Where execution is. */
  public enum At {
    LOCK,
    HOLD,
    UNLOCK,
    LEAVE
  }

  public static Frame call(boolean irqsOff, long holdNanos) {
    return new LockUser(At.LOCK, irqsOff, holdNanos, true);
  }

  @Override
  public String function() {
    return "test_lock_user";
  }

  @Override
  public Step step(KernelCpu cpu) {
    KernelLock lock = ProtocolMemory.of(cpu.memory()).testLock();
    return switch (at) {
      case LOCK ->
          Step.call(
              to(At.HOLD, true),
              irqsOff ? SpinLock.irqsave(lock) : SpinLock.plain(lock),
              Costs.CALL);
      case HOLD -> Step.call(to(At.UNLOCK, cpu.returned() != 0), Udelay.of(holdNanos), Costs.CALL);
      case UNLOCK ->
          Step.call(to(At.LEAVE, irqsWereOn), new SpinUnlock(lock, irqsWereOn), Costs.CALL);
      case LEAVE -> Step.done(Costs.CALL);
    };
  }

  private Frame to(At where, boolean were) {
    return new LockUser(where, irqsOff, holdNanos, were);
  }
}
