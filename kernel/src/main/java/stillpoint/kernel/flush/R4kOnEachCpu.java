package stillpoint.kernel.flush;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.smp.CallFunction;
import stillpoint.kernel.smp.SmpCallFunction;

/** Runs a cache operation on every other CPU, waits for all of them, then runs it here. */
public record R4kOnEachCpu(At at, CallFunction operation, long info) implements Frame {
  /** Where execution is. */
  public enum At {
    OTHERS,
    OWN
  }

  static Frame call(CallFunction operation, long info) {
    return new R4kOnEachCpu(At.OTHERS, operation, info);
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
            new R4kOnEachCpu(At.OWN, operation, info),
            SmpCallFunction.call(operation, info, true),
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
