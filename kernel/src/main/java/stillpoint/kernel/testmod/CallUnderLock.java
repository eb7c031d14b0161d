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
 * Changes something under the test lock, then calls a function that waits for other CPUs to take an interrupt: after it has
 * given the lock back, or still under it. Who spins on the lock with irqs off cannot take that interrupt.
 *
 * @param function its symbol
 * @param waiting what waits for the others
 * @param irqsOff whether it takes the lock with irqs off
 * @param unlockFirst whether it gives the lock back before it calls
 * @param gapNanos how long the change takes
 * @param irqsWereOn how to leave
 */
public record CallUnderLock(
    At at,
    String function,
    Frame waiting,
    boolean irqsOff,
    boolean unlockFirst,
    long gapNanos,
    boolean irqsWereOn)
    implements Frame {
  /** Where execution is. */
  public enum At {
    LOCK,
    CHANGE,
    UNLOCK_BEFORE,
    CALL,
    UNLOCK_AFTER,
    LEAVE
  }

  public static Frame call(
      String function, Frame waiting, boolean irqsOff, boolean unlockFirst, long gapNanos) {
    return new CallUnderLock(At.LOCK, function, waiting, irqsOff, unlockFirst, gapNanos, true);
  }

  @Override
  public Step step(KernelCpu cpu) {
    KernelLock lock = ProtocolMemory.of(cpu.memory()).testLock();
    return switch (at) {
      case LOCK ->
          Step.call(
              to(At.CHANGE, true),
              irqsOff ? SpinLock.irqsave(lock) : SpinLock.plain(lock),
              Costs.CALL);
      case CHANGE ->
          Step.call(
              to(unlockFirst ? At.UNLOCK_BEFORE : At.CALL, cpu.returned() != 0),
              Udelay.of(gapNanos),
              Costs.CALL);
      case UNLOCK_BEFORE -> unlock(lock, At.CALL);
      case CALL ->
          Step.call(to(unlockFirst ? At.LEAVE : At.UNLOCK_AFTER, irqsWereOn), waiting, Costs.CALL);
      case UNLOCK_AFTER -> unlock(lock, At.LEAVE);
      case LEAVE -> Step.done(Costs.CALL);
    };
  }

  private Step unlock(KernelLock lock, At then) {
    return Step.call(to(then, irqsWereOn), new SpinUnlock(lock, irqsWereOn), Costs.CALL);
  }

  private Frame to(At where, boolean were) {
    return new CallUnderLock(where, function, waiting, irqsOff, unlockFirst, gapNanos, were);
  }
}
