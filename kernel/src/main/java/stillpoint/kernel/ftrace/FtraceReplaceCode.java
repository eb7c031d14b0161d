package stillpoint.kernel.ftrace;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.ftrace.CallSites.CallSite;
import stillpoint.machine.coherence.AccessKind;

/**
 * Turns call sites on or off, one by one in the order of their addresses: those that are not yet as the tracer and the
 * filter want them.
 *
 * @param enable whether the tracer is to be on
 * @param filtered whether only functions in the filter are wanted
 * @param next index of the site that execution is at, or -1 before the filter was looked at
 */
public record FtraceReplaceCode(boolean enable, boolean filtered, int next) implements Frame {
  public static Frame call(boolean enable) {
    return new FtraceReplaceCode(enable, false, -1);
  }

  @Override
  public String function() {
    return "ftrace_replace_code";
  }

  @Override
  public Step step(KernelCpu cpu) {
    if (next < 0) {
      long inUse = cpu.memory().ftraceFilterInUse();
      if (cpu.lacks(AccessKind.LOAD, inUse)) {
        return Step.stall(AccessKind.LOAD, inUse);
      }
      return Step.next(new FtraceReplaceCode(enable, cpu.load(inUse) != 0, 0), Costs.FEW);
    }
    if (next == cpu.sites().sites().size()) {
      return Step.done(Costs.CALL);
    }
    long flags = cpu.memory().ftraceFlags(FtraceFilter.wordOf(next));
    if (cpu.lacks(AccessKind.STORE, flags)) {
      return Step.stall(AccessKind.STORE, flags);
    }
    long word = cpu.load(flags);
    boolean wanted = enable && (!filtered || FtraceFilter.inFilter(word, next));
    Frame after = new FtraceReplaceCode(enable, filtered, next + 1);
    if (wanted == FtraceFilter.isOn(word, next)) {
      return Step.next(after, Costs.FEW);
    }
    cpu.store(flags, FtraceFilter.withOn(word, next, wanted));
    CallSite site = cpu.sites().sites().get(next);
    return Step.call(
        after,
        FtraceModifyCode.call(site.ipPhysical(), wanted ? site.callWord() : site.nopWord()),
        Costs.FTRACE_RECORD);
  }
}
