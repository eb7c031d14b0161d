package stillpoint.kernel.ftrace;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;

/**
 * Turns every call site on or off: first the slot inside ftrace_caller that calls the tracer, then the sites one by one.
 *
 * @param next index of the site that execution is at; -1 for the slot
 */
public record FtraceModifyAllCode(boolean enable, int next) implements Frame {
  private static final int SLOT = -1;

  public static Frame call(boolean enable) {
    return new FtraceModifyAllCode(enable, SLOT);
  }

  @Override
  public String function() {
    return next == SLOT ? "ftrace_modify_all_code" : "ftrace_replace_code <- ftrace_modify_all_code";
  }

  @Override
  public Step step(KernelCpu cpu) {
    CallSites sites = cpu.sites();
    if (next == SLOT) {
      int word = enable ? sites.slotOnWord() : sites.slotOffWord();
      return patch(sites.slotPhysical(), word);
    }
    if (next == sites.sites().size()) {
      return Step.done(Costs.CALL);
    }
    CallSite site = sites.sites().get(next);
    return patch(site.ipPhysical(), enable ? site.callWord() : site.nopWord());
  }

  private Step patch(long physical, int word) {
    return Step.call(
        new FtraceModifyAllCode(enable, next + 1),
        FtraceModifyCode.call(physical, word),
        Costs.FTRACE_RECORD);
  }
}
