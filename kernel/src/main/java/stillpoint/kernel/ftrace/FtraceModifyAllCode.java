package stillpoint.kernel.ftrace;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.ftrace.FtraceReplaceCode.SiteChange;

/**
 * Turns the tracer on or off in the text: first the slot inside ftrace_caller that calls it, then every call site. When a
 * site cannot be rewritten, the sites after it stay as they are, and the slot is switched off, so that those before it reach
 * no tracer any more.
 */
public record FtraceModifyAllCode(At at, boolean enable) implements Frame {
  /** Where execution is. */
  public enum At {
    SLOT,
    SITES,
    CHECK,
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
    CallSites.Slot slot = cpu.sites().slot();
    return switch (at) {
      case SLOT ->
          Step.call(
              to(At.SITES),
              FtraceModifyCode.call(cpu, slot.physical(), enable ? slot.onWord() : slot.offWord()),
              Costs.FTRACE_RECORD);
      case SITES ->
          Step.call(
              to(At.CHECK),
              FtraceReplaceCode.call(enable ? SiteChange.ENABLE : SiteChange.DISABLE),
              Costs.CALL);
      case CHECK ->
          cpu.returned() != 0 && enable
              ? Step.call(
                  to(At.LEAVE),
                  FtraceModifyCode.call(cpu, slot.physical(), slot.offWord()),
                  Costs.CALL)
              : Step.done(Costs.CALL);
      case LEAVE -> Step.done(Costs.CALL);
    };
  }

  private FtraceModifyAllCode to(At where) {
    return new FtraceModifyAllCode(where, enable);
  }
}
