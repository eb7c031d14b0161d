package stillpoint.machine.time;

import java.util.Arrays;

/**
 * Decides which window comes next within a node. Every shard of the node has one; all of them see
 * the same promises, so all decide the same and nobody needs a coordinator.
 *
 * <p>Idea (conservative windows, Nicol's YAWNS, 1993): let T be the earliest thing left to do in
 * the node. What happens in [T, T + lookahead) can cause nothing before T + lookahead, so all
 * processes may run through that window without hearing of each other. Time jumps to T over
 * silence.
 *
 * <p>Shards that are further apart than that need not meet for each window: what another shard does
 * from T on arrives at or after T + X, X being the smallest latency between two of them. Up to this
 * <em>horizon</em> each opens windows of its own, by what it knows alone, and then they exchange
 * promises and events.
 *
 * <p>How far the node may go at all, because of other nodes, cuts and the limit, is said by the
 * edge: {@link NodeRule}'s business. At the edge the shards wait until it is extended, and exchange
 * promises anew, for other nodes may have sent something meanwhile.
 *
 * <p>A peer can be one exchange ahead of us, never two: for its next one it needs our promise. Hence
 * two buffers, told apart by the parity of the exchange's number.
 */
public final class WindowRule {
  /** What comes next. */
  public sealed interface Step {}

  /**
   * All processes run through [fromCycle, untilCycle).
   *
   * @param window number of the exchange that comes after it, and after others up to the horizon
   */
  public record Open(long window, long fromCycle, long untilCycle) implements Step {}

  /** Everything before the edge is done; {@code node}: the promise of all shards. */
  public record AtEdge(Promise node) implements Step {}

  private final long lookaheadCycles;
  private final long apartCycles;
  private final int shards;

  private final Promise[] promises = {Promise.NONE, Promise.NONE};
  private final int[] promiseCounts = new int[2];
  private final boolean[][] promised;

  private long window;
  private long openedCount;

  /** The end of the last window. */
  private long reachedCycle;

  private long horizonCycle;
  private long edgeCycle;

  /** For shards that meet after each window. */
  public WindowRule(long lookaheadCycles, int shards) {
    this(lookaheadCycles, lookaheadCycles, shards);
  }

  /**
   * @param lookaheadCycles the smallest latency of any link
   * @param apartCycles the smallest of any link that joins two of the node's shards, no less; NEVER
   *     if none does
   */
  public WindowRule(long lookaheadCycles, long apartCycles, int shards) {
    if (lookaheadCycles < 1) {
      throw new BrokenInvariant(
          "a lookahead of %d cycles opens no window".formatted(lookaheadCycles));
    }
    if (apartCycles < lookaheadCycles) {
      throw new BrokenInvariant(
          "shards %d cycles apart with a lookahead of %d cycles"
              .formatted(apartCycles, lookaheadCycles));
    }
    this.lookaheadCycles = lookaheadCycles;
    this.apartCycles = apartCycles;
    this.shards = shards;
    this.promised = new boolean[2][shards];
  }

  /** Goes on from a snapshot; only before the first window. */
  public void resume(CutProgress from) {
    if (window != 0 || reachedCycle != 0) {
      throw new BrokenInvariant("window %d is over, nothing can be resumed".formatted(window));
    }
    openedCount = from.window();
    reachedCycle = from.cycle();
    horizonCycle = from.cycle();
    edgeCycle = from.cycle();
  }

  /**
   * Number of the exchange that comes next, or that is under way: one at each horizon, and one when
   * the edge is extended.
   */
  public long window() {
    return window;
  }

  /** Windows opened so far. */
  public long openedCount() {
    return openedCount;
  }

  /**
   * A window of this shard's own before the next exchange; null if it has come to the horizon.
   *
   * @param ownCycle of the earliest thing left to do in this shard
   */
  public Open further(long ownCycle) {
    if (ownCycle < reachedCycle) {
      throw new BrokenInvariant(
          "a window ended at cycle %d and something is left for cycle %d"
              .formatted(reachedCycle, ownCycle));
    }
    if (ownCycle >= horizonCycle) {
      reachedCycle = horizonCycle;
      return null;
    }
    return open(ownCycle);
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
    Promise node = takePromises();
    long earliestCycle = node.nextCycle();
    if (earliestCycle < reachedCycle) {
      throw new BrokenInvariant(
          "window %d ended at cycle %d and something is left for cycle %d"
              .formatted(window, reachedCycle, earliestCycle));
    }
    if (earliestCycle >= edgeCycle) {
      reachedCycle = edgeCycle;
      horizonCycle = edgeCycle;
      return new AtEdge(node);
    }
    // the subtraction cannot overflow, the sum could
    horizonCycle = earliestCycle + Math.min(apartCycles, edgeCycle - earliestCycle);
    window++;
    return open(earliestCycle);
  }

  private Open open(long fromCycle) {
    reachedCycle = fromCycle + Math.min(lookaheadCycles, horizonCycle - fromCycle);
    openedCount++;
    return new Open(window, fromCycle, reachedCycle);
  }

  /**
   * At the edge: it lies at {@code untilCycle} (exclusive) from now on. The shards exchange
   * promises once more before the next window.
   */
  public void extend(long untilCycle) {
    if (untilCycle < edgeCycle) {
      throw new BrokenInvariant(
          "the edge goes back from cycle %d to cycle %d".formatted(edgeCycle, untilCycle));
    }
    edgeCycle = untilCycle;
    window++;
  }

  private Promise takePromises() {
    int parity = (int) (window & 1);
    Promise node = promises[parity];
    promises[parity] = Promise.NONE;
    promiseCounts[parity] = 0;
    Arrays.fill(promised[parity], false);
    return node;
  }
}
