package stillpoint.kernel.cpu;

import stillpoint.kernel.ftrace.CallSites;
import stillpoint.kernel.ftrace.ExecutionLog;
import stillpoint.kernel.ftrace.TwoWordPass;
import stillpoint.kernel.system.Shared;
import stillpoint.machine.cpu.CodeWatch;

/**
 * Records which words this CPU executes at ftrace call sites. Only from the time on when somebody may first rewrite one: as
 * long as nobody has, every cache holds what memory holds.
 */
final class CallSiteWatch implements CodeWatch {
  private final CallSites sites;
  private final ExecutionLog log;
  private final long fromCycle;
  private final TwoWordPass twoWords;
  private final boolean hasTwoWords;

  CallSiteWatch(Shared shared, ExecutionLog log) {
    this.sites = shared.sites();
    this.log = log;
    this.twoWords = new TwoWordPass(shared.sites());
    this.hasTwoWords = shared.sites().hasTwoWords();
    this.fromCycle = shared.setup().firstPatchCycle();
  }

  @Override
  public boolean watches(long physical) {
    return sites.isPatchable(physical);
  }

  @Override
  public void executed(long physical, int word, long cycle, long pc) {
    if (cycle >= fromCycle) {
      log.add(cycle, physical, word);
      if (hasTwoWords) {
        twoWords.executed(cycle, physical, word).ifPresent(log::addTorn);
      }
    }
  }
}
