package stillpoint.machine.time;

import java.util.Arrays;

/**
 * Decides which window comes next. Every shard has one; all of them see the same promises, so all
 * decide the same and nobody needs a coordinator.
 *
 * <p>Idea (conservative windows, Nicol's YAWNS, 1993): let T be the earliest thing left to do in
 * the whole machine. What happens in [T, T + lookahead) can cause nothing before T + lookahead, so
 * all processes may run through that window without hearing of each other. Windows end at cuts
 * besides, and at the judge's limit; time jumps to T over silence.
 *
 * <p>A peer can be one window ahead of us, never two: for its next one it needs our promise. Hence
 * two buffers, told apart by the parity of the window's number.
 */
public final class WindowRule {
  /** What comes next. */
  public sealed interface Step {}

  /** All processes run through [fromCycle, untilCycle). */
  public record Open(long window, long fromCycle, long untilCycle) implements Step {}

  /**
   * All processes have come to the cut.
   *
   * @param last the run ends here, whatever is decided
   * @param judged whether it must be judged
   * @param snapshot whether a snapshot is due, if the run goes on
   */
  public record AtCut(CutJudge.Cut cut, boolean last, boolean judged, boolean snapshot)
      implements Step {
    /** To be judged, nothing else. */
    public AtCut(CutJudge.Cut cut, boolean last) {
      this(cut, last, true, false);
    }
  }

  private static final long UNKNOWN = -1;

  private final long lookaheadCycles;
  private final CutJudge judge;
  private final int shards;
  private final SnapshotSchedule schedule;

  private final Promise[] promises = {Promise.NONE, Promise.NONE};
  private final int[] promiseCounts = new int[2];
  private final boolean[][] promised;

  private long window;
  private long reachedCycle;
  private long nextCutCycle = UNKNOWN;
  private long earliestCycle;
  private long snapshotDueCycle;
  private CutProgress cutProgress;

  public WindowRule(long lookaheadCycles, CutJudge judge, int shards) {
    this(lookaheadCycles, judge, shards, SnapshotSchedule.NONE);
  }

  public WindowRule(long lookaheadCycles, CutJudge judge, int shards, SnapshotSchedule schedule) {
    if (lookaheadCycles < 1) {
      throw new BrokenInvariant(
          "a lookahead of %d cycles opens no window".formatted(lookaheadCycles));
    }
    this.lookaheadCycles = lookaheadCycles;
    this.judge = judge;
    this.shards = shards;
    this.promised = new boolean[2][shards];
    this.schedule = schedule;
    this.snapshotDueCycle = schedule.dueAfter(0);
  }

  /** Number of the window that is open, or closed and waiting for promises. */
  public long window() {
    return window;
  }

  /**
   * Takes shard {@code from}'s promise at the end of window {@code number}; its own shard's as
   * well.
   */
  public void promise(long number, int from, Promise promise) {
    int parity = (int) (number & 1);
    if (number < window || number > window + 1 || promised[parity][from]) {
      throw new BrokenInvariant(
          "a promise of shard %d for window %d while window %d is open"
              .formatted(from, number, window));
    }
    promised[parity][from] = true;
    promises[parity] = promises[parity].and(promise);
    promiseCounts[parity]++;
  }

  /** Whether all promises of this window are here. */
  public boolean complete() {
    return promiseCounts[(int) (window & 1)] == shards;
  }

  /** What comes after this window. Only when {@link #complete}. */
  public Step next() {
    if (!complete()) {
      throw new BrokenInvariant("window %d is not over on all shards".formatted(window));
    }
    Promise machine = takePromises();
    earliestCycle = machine.nextCycle();
    if (earliestCycle == LogicalProcess.NEVER) {
      return new AtCut(new CutJudge.Cut(reachedCycle, machine.lastActiveCycle(), true), true);
    }
    if (earliestCycle < reachedCycle) {
      throw new BrokenInvariant(
          "window %d ended at cycle %d and something is left for cycle %d"
              .formatted(window, reachedCycle, earliestCycle));
    }
    if (earliestCycle >= judge.limitCycle()) {
      reachedCycle = judge.limitCycle();
      return new AtCut(new CutJudge.Cut(reachedCycle, machine.lastActiveCycle(), false), true);
    }
    if (nextCutCycle == UNKNOWN) {
      nextCutCycle = cutAfter(earliestCycle);
    } else if (earliestCycle >= nextCutCycle) {
      CutJudge.Cut cut = new CutJudge.Cut(nextCutCycle, machine.lastActiveCycle(), false);
      nextCutCycle = cutAfter(earliestCycle);
      boolean judged = judge.wantsReports(cut, machine.blockedSince());
      boolean snapshot = cut.cycle() >= snapshotDueCycle;
      if (snapshot) {
        cutProgress = new CutProgress(cut.cycle(), window, nextCutCycle);
        snapshotDueCycle = schedule.dueAfter(cut.cycle());
      }
      if (judged || snapshot) {
        return new AtCut(cut, false, judged, snapshot);
      }
    }
    return open();
  }

  /** The next window, after a cut that is not the last. */
  public Open open() {
    // the subtraction cannot overflow, the sum could
    long room = Math.min(nextCutCycle, judge.limitCycle()) - earliestCycle;
    reachedCycle = earliestCycle + Math.min(lookaheadCycles, room);
    window++;
    return new Open(window, earliestCycle, reachedCycle);
  }

  /** How far the engine had come at the last cut with a snapshot. */
  public CutProgress cutProgress() {
    return cutProgress;
  }

  /** Goes on from a snapshot; only before the first window. */
  public void resume(CutProgress from) {
    if (window != 0 || reachedCycle != 0) {
      throw new BrokenInvariant("window %d is over, nothing can be resumed".formatted(window));
    }
    window = from.window();
    reachedCycle = from.cycle();
    nextCutCycle = from.nextCutCycle();
    snapshotDueCycle = schedule.dueAfter(from.cycle());
  }

  private Promise takePromises() {
    int parity = (int) (window & 1);
    Promise machine = promises[parity];
    promises[parity] = Promise.NONE;
    promiseCounts[parity] = 0;
    Arrays.fill(promised[parity], false);
    return machine;
  }

  private long cutAfter(long cycle) {
    long cut = judge.nextCutAfter(cycle);
    if (cut <= cycle) {
      throw new BrokenInvariant(
          "the judge's cut after cycle %d is at cycle %d".formatted(cycle, cut));
    }
    return cut;
  }
}
