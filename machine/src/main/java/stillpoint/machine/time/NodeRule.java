package stillpoint.machine.time;

import java.util.Arrays;

/**
 * Decides how far all nodes may run before they must hear of each other again: the outer of the two
 * lookaheads. Every node has one; all of them see the same promises, so all decide the same.
 *
 * <p>Idea: nodes exchange batches in rounds. Let T be the earliest thing left to do anywhere when
 * round r ended, events on their way included, and X the smallest latency of a link that joins two
 * nodes. What is not in the batches of round r or before was sent at or after T, and arrives at or
 * after T + X. So whoever has all batches of round r may run to T + X, while those of round r + 1
 * are still on their way: with {@code overlap}, round r + 2 begins as soon as the batches of round r
 * are there, and each round goes half a crossing latency. Without it, a round needs the batches of
 * the one before and goes a whole one: fewer rounds, for machines whose rounds are short.
 *
 * <p>Cuts and the limit are barriers: there a node waits for the batches of the round that ended,
 * so that nothing is on its way. With one node, rounds go from cut to cut.
 */
public final class NodeRule {
  /** What comes next. */
  public sealed interface Step {}

  /** The node runs to {@code untilCycle} (exclusive); batches of rounds up to {@code delivered} are in. */
  public record Run(long round, long untilCycle, long delivered) implements Step {}

  /**
   * All nodes have come to the cut, and nothing is on its way.
   *
   * @param last the run ends here, whatever is decided
   * @param judged whether it must be judged
   * @param snapshot whether a snapshot is due, if the run goes on or {@link #savesAtEnd}
   */
  public record AtCut(CutJudge.Cut cut, boolean last, boolean judged, boolean snapshot)
      implements Step {
    /** To be judged, nothing else. */
    public AtCut(CutJudge.Cut cut, boolean last) {
      this(cut, last, true, false);
    }
  }

  private static final int ROUNDS_KEPT = 4;
  private static final long UNKNOWN = -1;

  private final int nodes;
  private final long crossingCycles;
  private final boolean overlap;
  private final CutJudge judge;
  private final SnapshotSchedule schedule;

  private final Promise[] promises = new Promise[ROUNDS_KEPT];
  private final int[] promiseCounts = new int[ROUNDS_KEPT];
  private final boolean[][] promised;

  private long round;
  private long reachedCycle;
  private long nextCutCycle = UNKNOWN;
  private long snapshotDueCycle;
  private long cutCycle;

  /** The latest round whose promises were taken, and all of them together. */
  private long takenRound = -1;

  private Promise taken = Promise.NONE;

  /** {@link #takenRound} when the open round began: its batches were delivered then. */
  private long deliveredRound = -1;

  /** Earliest arrival of what this node sent to others in the round before. */
  private long earliestSentBefore = LogicalProcess.NEVER;

  /**
   * @param crossingCycles smallest latency between two nodes; NEVER if no link joins any
   */
  public NodeRule(
      int nodes, long crossingCycles, boolean overlap, CutJudge judge, SnapshotSchedule schedule) {
    if (crossingCycles < 1) {
      throw new BrokenInvariant("nodes %d cycles apart".formatted(crossingCycles));
    }
    this.nodes = nodes;
    this.crossingCycles = crossingCycles;
    this.overlap = overlap;
    this.judge = judge;
    this.schedule = schedule;
    this.snapshotDueCycle = schedule.dueAfter(0);
    this.promised = new boolean[ROUNDS_KEPT][nodes];
    Arrays.fill(promises, Promise.NONE);
  }

  /** For one node alone. */
  public static NodeRule alone(CutJudge judge, SnapshotSchedule schedule) {
    return new NodeRule(1, LogicalProcess.NEVER, false, judge, schedule);
  }

  /** Goes on from a snapshot; only before the first round. */
  public void resume(CutProgress from) {
    if (round != 0 || takenRound >= 0) {
      throw new BrokenInvariant("round %d is over, nothing can be resumed".formatted(round));
    }
    reachedCycle = from.cycle();
    nextCutCycle = from.nextCutCycle();
    snapshotDueCycle = schedule.dueAfter(from.cycle());
  }

  /**
   * How far the engine has come at a cut with a snapshot.
   *
   * @param windows opened so far
   */
  public CutProgress cutProgress(long windows) {
    // where the run ends there may be no next one
    return new CutProgress(cutCycle, windows, Math.max(nextCutCycle, cutCycle + 1));
  }

  /** Number of the round that is open, or closed and waiting for promises. */
  public long round() {
    return round;
  }

  /**
   * What this node promises the others at the end of the open round.
   *
   * @param local of its shards together
   * @param earliestSent earliest arrival of what it sent to other nodes in this round, or NEVER
   */
  public Promise promiseOf(Promise local, long earliestSent) {
    // what the others will have only in the round after next must be covered twice
    boolean coversBefore = deliveredRound < round - 1;
    long earliest = Math.min(local.nextCycle(), earliestSent);
    if (coversBefore) {
      earliest = Math.min(earliest, earliestSentBefore);
    }
    earliestSentBefore = earliestSent;
    return new Promise(earliest, local.blockedSince(), local.lastActiveCycle());
  }

  /** Takes a node's promise at the end of a round; its own node's as well. */
  public void promise(long number, int from, Promise promise) {
    int slot = (int) (number % ROUNDS_KEPT);
    if (number <= takenRound || number > round + 2 || promised[slot][from]) {
      throw new BrokenInvariant(
          "a promise of node %d for round %d while round %d is open"
              .formatted(from, number, round));
    }
    promised[slot][from] = true;
    promises[slot] = promises[slot].and(promise);
    promiseCounts[slot]++;
  }

  /** Whether {@link #next} can say what comes after this round, which must be over on this node. */
  public boolean ready() {
    if (takenRound < round - 1) {
      if (!complete(round - 1)) {
        return false;
      }
      take();
    }
    return overlap && !atBarrier() || complete(round);
  }

  /** Nothing more may happen before all nodes have ended this round. */
  private boolean atBarrier() {
    long cap = Math.min(nextCutCycle, judge.limitCycle());
    return takenRound < 0 || reachedCycle >= cap || taken.nextCycle() >= cap;
  }

  private boolean complete(long number) {
    return promiseCounts[(int) (number % ROUNDS_KEPT)] == nodes;
  }

  private void take() {
    takenRound++;
    int slot = (int) (takenRound % ROUNDS_KEPT);
    taken = promises[slot];
    promises[slot] = Promise.NONE;
    promiseCounts[slot] = 0;
    Arrays.fill(promised[slot], false);
  }

  /** What comes after this round. Only when {@link #ready}. */
  public Step next() {
    if (!ready()) {
      throw new BrokenInvariant("round %d is not over on all nodes".formatted(round));
    }
    if (overlap && !atBarrier()) {
      return goOn();
    }
    take();
    long earliestCycle = taken.nextCycle();
    if (earliestCycle == LogicalProcess.NEVER) {
      // where the last window ended depends on who ran it; when the last thing happened does not
      reachedCycle = Math.min(taken.lastActiveCycle() + 1, judge.limitCycle());
      return end(true);
    }
    if (earliestCycle < reachedCycle) {
      throw new BrokenInvariant(
          "round %d ended at cycle %d and something is left for cycle %d"
              .formatted(round, reachedCycle, earliestCycle));
    }
    if (earliestCycle >= judge.limitCycle()) {
      reachedCycle = judge.limitCycle();
      return end(false);
    }
    if (nextCutCycle == UNKNOWN) {
      nextCutCycle = cutAfter(earliestCycle);
    } else if (earliestCycle >= nextCutCycle) {
      CutJudge.Cut cut = new CutJudge.Cut(nextCutCycle, taken.lastActiveCycle(), false);
      cutCycle = nextCutCycle;
      reachedCycle = nextCutCycle;
      nextCutCycle = cutAfter(earliestCycle);
      boolean judged = judge.wantsReports(cut, taken.blockedSince());
      boolean snapshot = cutCycle >= snapshotDueCycle;
      if (snapshot) {
        snapshotDueCycle = schedule.dueAfter(cutCycle);
      }
      if (judged || snapshot) {
        return new AtCut(cut, false, judged, snapshot);
      }
    }
    return goOn();
  }

  private AtCut end(boolean quiescent) {
    cutCycle = reachedCycle;
    var cut = new CutJudge.Cut(cutCycle, taken.lastActiveCycle(), quiescent);
    return new AtCut(cut, true, true, schedule.atEnd());
  }

  /** Whether a snapshot is taken where the run ends. */
  public boolean savesAtEnd() {
    return schedule.atEnd();
  }

  /** The next round; also after a cut that is not the last. */
  public Run goOn() {
    long earliestCycle = taken.nextCycle();
    long until = later(earliestCycle, crossingCycles);
    if (overlap) {
      long half = (crossingCycles + 1) / 2;
      until = Math.min(until, later(Math.max(reachedCycle, earliestCycle), half));
    }
    until = Math.min(until, Math.min(nextCutCycle, judge.limitCycle()));
    reachedCycle = Math.max(reachedCycle, until);
    deliveredRound = takenRound;
    round++;
    return new Run(round, reachedCycle, deliveredRound);
  }

  /** NEVER instead of an overflow. */
  private static long later(long cycle, long by) {
    return cycle > LogicalProcess.NEVER - by ? LogicalProcess.NEVER : cycle + by;
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
