package stillpoint.kernel.flush;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.smp.CallFunction;
import stillpoint.kernel.smp.SmpCallFunction;

/**
 * Runs a cache operation on every other CPU, then here.
 *
 * @param synchronous waits for all of them first
 */
public record R4kOnEachCpu(At at, CallFunction operation, long info, boolean synchronous)
    implements Frame {
  /** Where execution is. */
  public enum At {
    OTHERS,
    OWN
  }

  static Frame call(CallFunction operation, long info, boolean synchronous) {
    return new R4kOnEachCpu(At.OTHERS, operation, info, synchronous);
  }

  @Override
  public String function() {
    return "r4k_on_each_cpu";
  }

  @Override
  public Step step(KernelCpu cpu) {
    return switch (at) {
      case OTHERS -> {
        cpu.preemptDisable();
        yield Step.call(
            new R4kOnEachCpu(At.OWN, operation, info, synchronous),
            SmpCallFunction.call(operation, info, synchronous),
            Costs.CALL);
      }
      case OWN -> {
        int cycles = operation.run(cpu, info);
        cpu.preemptEnable();
        yield Step.done(cycles);
      }
    };
  }
}
