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
 * <p>How far the node may go at all, because of other nodes, cuts and the limit, is said by the
 * edge: {@link NodeRule}'s business. At the edge the shards wait until it is extended, and exchange
 * promises anew, for other nodes may have sent something meanwhile.
 *
 * <p>A peer can be one window ahead of us, never two: for its next one it needs our promise. Hence
 * two buffers, told apart by the parity of the window's number.
 */
public final class WindowRule {
  /** What comes next. */
  public sealed interface Step {}

  /** All processes run through [fromCycle, untilCycle). */
  public record Open(long window, long fromCycle, long untilCycle) implements Step {}

  /** Everything before the edge is done; {@code node}: the promise of all shards. */
  public record AtEdge(Promise node) implements Step {}

  private final long lookaheadCycles;
  private final int shards;

  private final Promise[] promises = {Promise.NONE, Promise.NONE};
  private final int[] promiseCounts = new int[2];
  private final boolean[][] promised;

  private long window;
  private long openedCount;
  private long reachedCycle;
  private long edgeCycle;

  public WindowRule(long lookaheadCycles, int shards) {
    if (lookaheadCycles < 1) {
      throw new BrokenInvariant(
          "a lookahead of %d cycles opens no window".formatted(lookaheadCycles));
    }
    this.lookaheadCycles = lookaheadCycles;
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
    edgeCycle = from.cycle();
  }

  /**
   * Number of the exchange that comes next, or that is under way: one a window, and one when the
   * edge is extended.
   */
  public long window() {
    return window;
  }

  /** Windows opened so far. */
  public long openedCount() {
    return openedCount;
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
      return new AtEdge(node);
    }
    // the subtraction cannot overflow, the sum could
    reachedCycle = earliestCycle + Math.min(lookaheadCycles, edgeCycle - earliestCycle);
    window++;
    openedCount++;
    return new Open(window, earliestCycle, reachedCycle);
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
