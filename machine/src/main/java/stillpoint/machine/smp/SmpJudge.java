package stillpoint.machine.smp;

import stillpoint.machine.time.CutJudge;
import stillpoint.machine.time.CutReports;
import stillpoint.machine.time.Report;

/**
 * Ends a run once the program has ended it, a CPU has met an exception that nobody handles, or no
 * CPU can do anything more. Looks every so many cycles.
 */
public final class SmpJudge implements CutJudge {
  private final long everyCycles;

  /** {@code everyCycles}: at least 1. */
  public SmpJudge(long everyCycles) {
    this.everyCycles = everyCycles;
  }

  @Override
  public long nextCutAfter(long cycle) {
    return (cycle / everyCycles + 1) * everyCycles;
  }

  @Override
  public boolean wantsReports(Cut cut, long blockedSince) {
    return true;
  }

  @Override
  public Decision judge(Cut cut, CutReports reports) {
    return over(reports) ? Decision.STOP : Decision.GO_ON;
  }

  private static boolean over(CutReports reports) {
    boolean someRun = false;
    for (Report report : reports.all()) {
      switch (report) {
        case SmpReport.Devices devices -> {
          if (devices.exit().isPresent()) {
            return true;
          }
        }
        case SmpReport.Controller _ -> {}
        case SmpReport.Cpu cpu -> {
          if (cpu.end().filter(SmpJudge::endsAll).isPresent()) {
            return true;
          }
          someRun |= cpu.end().filter(SmpJudge::forGood).isEmpty();
        }
        default -> {}
      }
    }
    return !someRun;
  }

  private static boolean forGood(SmpReport.End end) {
    return !(end instanceof SmpReport.Asleep(long _, boolean interruptible) && interruptible);
  }

  private static boolean endsAll(SmpReport.End end) {
    return switch (end) {
      case SmpReport.Finished _, SmpReport.Unhandled _ -> true;
      case SmpReport.LimitReached _, SmpReport.Asleep _ -> false;
    };
  }
}
