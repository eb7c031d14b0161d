package stillpoint.kernel.smp;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;

/** Runs a function on every other CPU that is online. */
public record SmpCallFunction(boolean called, CallFunction callee, long info, boolean synchronous)
    implements Frame {
  public static Frame call(CallFunction callee, long info, boolean synchronous) {
    return new SmpCallFunction(false, callee, info, synchronous);
  }

  @Override
  public String function() {
    return "smp_call_function";
  }

  @Override
  public Step step(KernelCpu cpu) {
    return called
        ? Step.done(Costs.FEW)
        : Step.call(
            new SmpCallFunction(true, callee, info, synchronous),
            SmpCallFunctionMany.call(cpu.possible().without(cpu.cpu()), callee, info, synchronous),
            Costs.CALL);
  }
}
