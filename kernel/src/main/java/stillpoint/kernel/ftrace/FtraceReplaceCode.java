package stillpoint.kernel.ftrace;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.cpu.StoreKind;
import stillpoint.kernel.ftrace.CallSites.CallSite;
import stillpoint.machine.coherence.AccessKind;

/**
 * Rewrites call sites, one by one in the order of their addresses: when the text is converted all of them, else those that
 * are not yet as the tracer and the filter want them. Stops at the first that cannot be stored to, says so, and returns its
 * error.
 *
 * @param how what sites become
 * @param filtered whether only functions in the filter are wanted
 * @param rewritten whether the site before {@code next} has just been rewritten
 * @param next index of the site that execution is at
 */
public record FtraceReplaceCode(SiteChange how, boolean filtered, boolean rewritten, int next)
    implements Frame {
  /** {@link #next} before the filter was looked at. */
  private static final int START = -1;

  /** {@link #next} once the failure has been told. */
  private static final int FAILED = -2;

  /** What a call site becomes. */
  public enum SiteChange {
    /** As compiled -> off, all words of it. */
    CONVERT,
    /** Off -> on. */
    ENABLE,
    /** On -> off. */
    DISABLE
  }

  public static Frame call(SiteChange how) {
    return new FtraceReplaceCode(how, false, false, how == SiteChange.CONVERT ? 0 : START);
  }

  @Override
  public String function() {
    return how == SiteChange.CONVERT ? "ftrace_update_code" : "ftrace_replace_code";
  }

  @Override
  public Step step(KernelCpu cpu) {
    if (next == START) {
      return lookAtFilter(cpu);
    }
    if (next == FAILED) {
      return Step.done(FtraceModifyCode.EFAULT, Costs.CALL);
    }
    if (rewritten && cpu.returned() != 0) {
      return Step.call(
          new FtraceReplaceCode(how, filtered, false, FAILED),
          FtraceBug.call(cpu.sites().sites().get(next - 1).ipVirtual()),
          Costs.CALL);
    }
    if (next == cpu.sites().sites().size()) {
      return Step.done(Costs.CALL);
    }
    return how == SiteChange.CONVERT ? change(cpu) : changeIfWanted(cpu);
  }

  private Step lookAtFilter(KernelCpu cpu) {
    long inUse = cpu.memory().ftraceFilterInUse();
    if (cpu.lacks(AccessKind.LOAD, inUse)) {
      return Step.stall(AccessKind.LOAD, inUse);
    }
    return Step.next(new FtraceReplaceCode(how, cpu.load(inUse) != 0, false, 0), Costs.FEW);
  }

  private Step changeIfWanted(KernelCpu cpu) {
    long flags = cpu.memory().ftraceFlags(FtraceFilter.wordOf(next));
    if (cpu.lacksUpdate(StoreKind.PLAIN, flags)) {
      return Step.stall(StoreKind.PLAIN, flags);
    }
    long word = cpu.load(flags);
    boolean enable = how == SiteChange.ENABLE;
    boolean wanted = enable && (!filtered || FtraceFilter.inFilter(word, next));
    if (wanted == FtraceFilter.isOn(word, next)) {
      return Step.next(new FtraceReplaceCode(how, filtered, false, next + 1), Costs.FEW);
    }
    cpu.store(StoreKind.PLAIN, flags, FtraceFilter.withOn(word, next, wanted));
    CallSite site = cpu.sites().sites().get(next);
    return call(
        FtraceModifyCode.call(cpu, site.ipPhysical(), wanted ? site.callWord() : site.nopWord()));
  }

  /** As compiled to off, all words of the site. */
  private Step change(KernelCpu cpu) {
    CallSite site = cpu.sites().sites().get(next);
    long ip = site.ipPhysical();
    return call(
        site.words() == 2
            ? FtraceModifyCode.callTwo(cpu, ip, site.nopWord(), CallSites.NOP)
            : FtraceModifyCode.call(cpu, ip, site.nopWord()));
  }

  private Step call(Frame rewrite) {
    return Step.call(
        new FtraceReplaceCode(how, filtered, true, next + 1), rewrite, Costs.FTRACE_RECORD);
  }
}
