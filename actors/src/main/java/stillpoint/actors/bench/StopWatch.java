package stillpoint.actors.bench;

import java.util.concurrent.atomic.AtomicLongArray;
import stillpoint.machine.time.CutJudge;
import stillpoint.machine.time.CutReports;
import stillpoint.machine.time.LogicalProcess;

/**
 * A judge who lets a run go on to its limit and notes the wall time at its start and after each
 * tenth of the way.
 */
final class StopWatch implements CutJudge {
  static final int PARTS = 10;

  private final long partCycles;

  /**
   * Wall time, ns, at the start of each part and at the end of the last; 0 until then. All shards
   * ask, the first counts.
   */
  private final AtomicLongArray times = new AtomicLongArray(PARTS + 1);

  StopWatch(long cycles) {
    this.partCycles = Math.max(1, cycles / PARTS);
  }

  /** Virtual time measured. */
  long cycles() {
    return PARTS * partCycles;
  }

  /** From the first window to the last. */
  long nanos() {
    return times.get(PARTS) - times.get(0);
  }

  long bestPartNanos() {
    long best = LogicalProcess.NEVER;
    for (int part = 0; part < PARTS; part++) {
      best = Math.min(best, times.get(part + 1) - times.get(part));
    }
    return best;
  }

  @Override
  public long nextCutAfter(long cycle) {
    times.compareAndSet(0, 0, System.nanoTime());
    return (cycle / partCycles + 1) * partCycles;
  }

  @Override
  public boolean wantsReports(Cut cut, long blockedSince) {
    int part = (int) (cut.cycle() / partCycles);
    times.compareAndSet(part, 0, System.nanoTime());
    return part == PARTS;
  }

  @Override
  public Decision judge(Cut cut, CutReports reports) {
    return Decision.STOP;
  }
}
