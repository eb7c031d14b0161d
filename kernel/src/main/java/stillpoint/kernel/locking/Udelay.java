package stillpoint.kernel.locking;

import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;

/**
 * A calibrated busy loop. It goes on by itself, so it is no wait; interrupts are taken meanwhile if irqs are on.
 *
 * @param nanos how long
 * @param untilCycle when it ends, or -1 before it began
 */
public record Udelay(long nanos, long untilCycle) implements Frame {
  /** How long it goes without looking for interrupts. */
  private static final int TURN_CYCLES = 500;

  public static Frame of(long nanos) {
    return new Udelay(nanos, -1);
  }

  @Override
  public String function() {
    return "__udelay";
  }

  @Override
  public long busyUntilCycle() {
    return untilCycle;
  }

  @Override
  public Step step(KernelCpu cpu) {
    long until = untilCycle < 0 ? cpu.cycle() + cpu.cyclesOfNanos(nanos) : untilCycle;
    long left = until - cpu.cycle();
    return left <= TURN_CYCLES
        ? Step.done((int) Math.max(1, left))
        : Step.next(new Udelay(nanos, until), TURN_CYCLES);
  }
}
