package stillpoint.kernel.testmod;

import java.util.Optional;
import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.locking.Udelay;
import stillpoint.kernel.mm.ProtocolMemory;
import stillpoint.kernel.wait.Wait;
import stillpoint.machine.coherence.AccessKind;

/**
 * A driver that turns irqs off and waits for its device: in a calibrated loop, which ends by itself, or by looking at jiffies,
 * which nobody advances but the timer interrupt that this CPU now does not take.
 *
 * @param byJiffies which
 * @param nanos how long
 * @param ticksAtStart timer ticks that this CPU had taken when irqs went off
 */
public record IrqsOffDriver(At at, boolean byJiffies, long nanos, long ticksAtStart)
    implements Frame {
  /** Where execution is. */
  public enum At {
    IRQS_OFF,
    DELAY,
    JIFFIES,
    IRQS_ON
  }

  public static Frame call(boolean byJiffies, long nanos) {
    return new IrqsOffDriver(At.IRQS_OFF, byJiffies, nanos, 0);
  }

  @Override
  public String function() {
    return "test_irqs_off_driver";
  }

  @Override
  public Step step(KernelCpu cpu) {
    return switch (at) {
      case IRQS_OFF -> {
        cpu.irqsOff();
        At then = byJiffies ? At.JIFFIES : At.DELAY;
        yield Step.next(new IrqsOffDriver(then, byJiffies, nanos, cpu.ticks()), Costs.FEW);
      }
      case DELAY -> Step.call(to(At.IRQS_ON), Udelay.of(nanos), Costs.CALL);
      case JIFFIES -> {
        long jiffies = ProtocolMemory.of(cpu.memory()).jiffies();
        if (cpu.lacks(AccessKind.LOAD, jiffies)) {
          yield Step.stall(AccessKind.LOAD, jiffies);
        }
        long due = Math.ceilDiv(nanos * cpu.config().hz(), 1_000_000_000L);
        yield cpu.ticks() - ticksAtStart >= due
            ? Step.next(to(At.IRQS_ON), Costs.FEW)
            : new Step.Spin(jiffies);
      }
      case IRQS_ON -> {
        cpu.irqsOn(true);
        yield Step.done(Costs.CALL);
      }
    };
  }

  private Frame to(At where) {
    return new IrqsOffDriver(where, byJiffies, nanos, ticksAtStart);
  }

  @Override
  public Optional<Wait> waitsFor(KernelCpu cpu) {
    return at == At.JIFFIES
        ? Optional.of(new Wait.Handler(function(), "jiffies", cpu.cpu()))
        : Optional.empty();
  }
}
