package stillpoint.kernel.fault;

import stillpoint.machine.time.LogicalProcess;

/**
 * When a slow core runs and when it stands still: within [fromCycle, untilCycle) time is cut into turns; in each the core runs
 * for its first part, one in {@code factor}, and stands still for the rest. A matter of the time alone, so that no
 * cut of a run into windows can show in it.
 */
public record SlowTurns(long fromCycle, long untilCycle, long turnCycles, int factor) {
  private static final long NEVER = LogicalProcess.NEVER;

  /** Never slow. */
  public static final SlowTurns NONE = new SlowTurns(NEVER, NEVER, 1, 1);

  private long runCycles() {
    return Math.max(1, turnCycles / factor);
  }

  /** The first cycle at or after {@code cycle} at which it runs. */
  public long resume(long cycle) {
    if (cycle < fromCycle || cycle >= untilCycle) {
      return cycle;
    }
    long inTurn = (cycle - fromCycle) % turnCycles;
    return inTurn < runCycles() ? cycle : Math.min(cycle - inTurn + turnCycles, untilCycle);
  }

  /** The first cycle behind {@code cycle}, at which it runs, at which it does not. */
  public long nextPause(long cycle) {
    if (fromCycle == NEVER || cycle >= untilCycle) {
      return NEVER;
    }
    long since = Math.max(cycle, fromCycle) - fromCycle;
    long pause = fromCycle + since / turnCycles * turnCycles + runCycles();
    long next = pause > cycle ? pause : pause + turnCycles;
    return next < untilCycle ? next : NEVER;
  }

  /** When a piece of work ends that takes {@code cycles} cycles of running and begins at {@code cycle}. */
  public long after(long cycle, long cycles) {
    long at = resume(cycle);
    long left = cycles;
    for (long pause = nextPause(at); at + left > pause; pause = nextPause(at)) {
      left -= pause - at;
      at = resume(pause);
    }
    return at + left;
  }
}
