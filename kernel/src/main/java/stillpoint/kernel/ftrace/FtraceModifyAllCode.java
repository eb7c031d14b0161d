package stillpoint.kernel.ftrace;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;

/** Turns the tracer on or off in the text: first the slot inside ftrace_caller that calls it, then the call sites. */
public record FtraceModifyAllCode(At at, boolean enable) implements Frame {
  /** Where execution is. */
  public enum At {
    SLOT,
    SITES,
    LEAVE
  }

  public static Frame call(boolean enable) {
    return new FtraceModifyAllCode(At.SLOT, enable);
  }

  /** The filter has changed while the tracer is on: the slot is as it has to be. */
  public static Frame callSitesOnly() {
    return new FtraceModifyAllCode(At.SITES, true);
  }

  @Override
  public String function() {
    return "ftrace_modify_all_code";
  }

  @Override
  public Step step(KernelCpu cpu) {
    return switch (at) {
      case SLOT -> {
        CallSites.Slot slot = cpu.sites().slot();
        yield Step.call(
            new FtraceModifyAllCode(At.SITES, enable),
            FtraceModifyCode.call(slot.physical(), enable ? slot.onWord() : slot.offWord()),
            Costs.FTRACE_RECORD);
      }
      case SITES ->
          Step.call(
              new FtraceModifyAllCode(At.LEAVE, enable),
              FtraceReplaceCode.call(enable),
              Costs.CALL);
      case LEAVE -> Step.done(Costs.CALL);
    };
  }
}
