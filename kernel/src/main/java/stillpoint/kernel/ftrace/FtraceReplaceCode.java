package stillpoint.kernel.ftrace;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.ftrace.CallSites.CallSite;

/**
 * Turns every call site on or off, one by one in the order of their addresses.
 *
 * @param next index of the site that execution is at
 */
public record FtraceReplaceCode(boolean enable, int next) implements Frame {
  @Override
  public String function() {
    return "ftrace_replace_code";
  }

  @Override
  public Step step(KernelCpu cpu) {
    if (next == cpu.sites().sites().size()) {
      return Step.done(Costs.CALL);
    }
    CallSite site = cpu.sites().sites().get(next);
    return Step.call(
        new FtraceReplaceCode(enable, next + 1),
        FtraceModifyCode.call(site.ipPhysical(), enable ? site.callWord() : site.nopWord()),
        Costs.FTRACE_RECORD);
  }
}
