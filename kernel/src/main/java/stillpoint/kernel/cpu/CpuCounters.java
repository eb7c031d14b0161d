package stillpoint.kernel.cpu;

import stillpoint.kernel.irq.IpiKind;
import stillpoint.machine.time.StateHash;

/** What one CPU has counted. Mutable, owned by the CPU. */
public final class CpuCounters {
  private static final int KINDS = IpiKind.values().length;

  long wordsPatched;
  long icacheFlushes;
  long guestPasses;
  long tracedCalls;
  long breakpoints;
  private final long[] ipisSent = new long[KINDS];
  private final long[] ipisTaken = new long[KINDS];

  void sent(IpiKind kind, long count) {
    ipisSent[kind.ordinal()] += count;
  }

  void taken(IpiKind kind) {
    ipisTaken[kind.ordinal()]++;
  }

  /** An unchanging copy. */
  Snapshot snapshot() {
    return new Snapshot(
        wordsPatched,
        icacheFlushes,
        guestPasses,
        tracedCalls,
        ipisSent.clone(),
        ipisTaken.clone(),
        breakpoints);
  }

  void foldState(StateHash hash) {
    hash.fold(wordsPatched)
        .fold(icacheFlushes)
        .fold(guestPasses)
        .fold(tracedCalls)
        .fold(breakpoints);
    hash.fold(ipisSent).fold(ipisTaken);
  }

  /** Counters at a moment; the arrays are indexed by {@link IpiKind} and never change; {@code breakpoints}: trap words of text patching run into. */
  public record Snapshot(
      long wordsPatched,
      long icacheFlushes,
      long guestPasses,
      long tracedCalls,
      long[] ipisSent,
      long[] ipisTaken,
      long breakpoints) {
    /** Without breakpoints. */
    public Snapshot(
        long wordsPatched,
        long icacheFlushes,
        long guestPasses,
        long tracedCalls,
        long[] ipisSent,
        long[] ipisTaken) {
      this(wordsPatched, icacheFlushes, guestPasses, tracedCalls, ipisSent, ipisTaken, 0);
    }
  }
}
