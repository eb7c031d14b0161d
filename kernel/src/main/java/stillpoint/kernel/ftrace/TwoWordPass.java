package stillpoint.kernel.ftrace;

import java.util.Optional;
import stillpoint.kernel.ftrace.CallSites.CallSite;

/**
 * Watches one CPU pass over call sites of two words: the second word executed next after the first belongs to the same pass.
 * Mutable, owned by the CPU.
 */
public final class TwoWordPass {
  private final CallSites sites;
  private CallSite site;
  private int first;

  public TwoWordPass(CallSites sites) {
    this.sites = sites;
  }

  /** A watched word was executed; empty if it did not end a pass, or ended one that is whole. */
  public Optional<TornPass> executed(long cycle, long physical, int word) {
    if (site != null && physical == site.ipPhysical() + Integer.BYTES) {
      CallSite passed = site;
      site = null;
      return passed.isWhole(first, word)
          ? Optional.empty()
          : Optional.of(torn(cycle, passed, first, word));
    }
    site = sites.siteOf(physical).filter(s -> s.words() == 2).orElse(null);
    if (site != null && site.ipPhysical() != physical) {
      // jumped into: not from its beginning
      site = null;
    }
    first = word;
    return Optional.empty();
  }

  private static TornPass torn(long cycle, CallSite site, int first, int second) {
    boolean firstIsOld = first == site.originalWord();
    return new TornPass(
        cycle, site.ipPhysical(), firstIsOld ? first : second, firstIsOld ? second : first);
  }
}
