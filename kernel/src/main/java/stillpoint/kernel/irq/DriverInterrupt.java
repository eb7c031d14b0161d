package stillpoint.kernel.irq;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;

/**
 * A driver's interrupt handler that takes its time, irqs off as in every handler: a fault holds irqs so.
 *
 * @param nanos how long
 * @param untilCycle when it ends, or -1 before it began
 */
public record DriverInterrupt(long nanos, long untilCycle) implements Frame {
  /** An NMI comes between two turns, nothing else can: they may be long where the whole is. */
  private static final long LEAST_TURN_CYCLES = 10_000;

  private static final long MOST_TURN_CYCLES = 1_000_000;
  private static final int TURNS = 1000;

  static Frame of(long nanos) {
    return new DriverInterrupt(nanos, -1);
  }

  @Override
  public String function() {
    return "slow_driver_interrupt";
  }

  @Override
  public long busyUntilCycle() {
    return untilCycle;
  }

  @Override
  public Step step(KernelCpu cpu) {
    long until = untilCycle < 0 ? cpu.cycle() + cpu.cyclesOfNanos(nanos) : untilCycle;
    long left = until - cpu.cycle();
    long turn = Math.clamp(cpu.cyclesOfNanos(nanos) / TURNS, LEAST_TURN_CYCLES, MOST_TURN_CYCLES);
    return left <= turn
        ? Step.done(Costs.FEW + (int) Math.max(0, left))
        : Step.next(new DriverInterrupt(nanos, until), (int) turn);
  }
}
