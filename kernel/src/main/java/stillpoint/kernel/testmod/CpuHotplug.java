package stillpoint.kernel.testmod;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.hotplug.CpuDown;
import stillpoint.kernel.hotplug.CpuUp;
import stillpoint.kernel.locking.Udelay;

/**
 * Takes another CPU offline and brings it back. Coming, its stopper has to be enabled before it is marked online: whoever
 * sees it online may hand its stopper a work, and a stopper that is not enabled discards that.
 *
 * @param target which CPU
 * @param stopperLate whether the stopper is enabled only some time after the CPU is marked online
 * @param gapNanos how long after
 * @param awayNanos how long the CPU is away
 */
public record CpuHotplug(At at, int target, boolean stopperLate, long gapNanos, long awayNanos)
    implements Frame {
  /** Where execution is. */
  public enum At {
    DOWN,
    DOWN_DONE,
    UP,
    LEAVE
  }

  public static Frame call(int target, boolean stopperLate, long gapNanos, long awayNanos) {
    return new CpuHotplug(At.DOWN, target, stopperLate, gapNanos, awayNanos);
  }

  @Override
  public String function() {
    return "test_cpu_hotplug_init";
  }

  @Override
  public Step step(KernelCpu cpu) {
    return switch (at) {
      case DOWN -> Step.call(to(At.DOWN_DONE), CpuDown.call(target), Costs.CALL);
      case DOWN_DONE ->
          cpu.returned() < 0
              ? Step.done(cpu.returned(), Costs.CALL)
              : Step.call(to(At.UP), Udelay.of(awayNanos), Costs.CALL);
      case UP -> {
        Frame up = stopperLate ? CpuUp.withStopperLate(target, gapNanos) : CpuUp.call(target);
        yield Step.call(to(At.LEAVE), up, Costs.CALL);
      }
      case LEAVE -> Step.done(Costs.CALL);
    };
  }

  private Frame to(At where) {
    return new CpuHotplug(where, target, stopperLate, gapNanos, awayNanos);
  }
}
