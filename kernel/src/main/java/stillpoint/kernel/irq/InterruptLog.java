package stillpoint.kernel.irq;

import java.util.Arrays;
import stillpoint.machine.packed.Codec;
import stillpoint.machine.packed.Codecs;
import stillpoint.machine.packed.PackedFormatException;
import stillpoint.machine.packed.PackedInput;
import stillpoint.machine.packed.PackedOutput;
import stillpoint.machine.time.StateHash;

/**
 * Interrupts that one CPU has taken, by source, so that a reader can be told the counts of any cycle from {@code fromCycle}
 * on. Earlier ones are only counted; later ones take 8 bytes each. Mutable, owned by the CPU.
 */
public final class InterruptLog {
  /** What is counted. */
  public enum Source {
    RESCHED,
    CALL_FUNCTION,
    ICACHE_FLUSH,
    UART,
    TIMER,
    /** The controller knew of none: a mailbox word of zero, a GIC with nothing pending. */
    SPURIOUS
  }

  private static final int SOURCES = Source.values().length;
  private static final int SOURCE_BITS = 3;
  private static final long[] NONE = {};

  private final long fromCycle;
  private final long[] counts = new long[SOURCES];
  private long[] later = NONE;
  private int laterCount;

  /**
   * @param fromCycle before it nobody asks
   */
  public InterruptLog(long fromCycle) {
    this.fromCycle = fromCycle;
  }

  public void taken(IpiKind kind, long cycle) {
    taken(
        switch (kind) {
          case RESCHED -> Source.RESCHED;
          case CALL_FUNCTION -> Source.CALL_FUNCTION;
          case ICACHE_FLUSH -> Source.ICACHE_FLUSH;
        },
        cycle);
  }

  public void taken(Source source, long cycle) {
    if (cycle < fromCycle) {
      counts[source.ordinal()]++;
      return;
    }
    if (laterCount == later.length) {
      later = Arrays.copyOf(later, Math.max(16, 2 * laterCount));
    }
    later[laterCount++] = cycle << SOURCE_BITS | source.ordinal();
  }

  /** An unchanging view. */
  public View view() {
    return new View(counts.clone(), later, laterCount);
  }

  public void foldState(StateHash hash) {
    hash.fold(Arrays.copyOf(counts, Source.SPURIOUS.ordinal())).fold(laterCount);
    if (counts[Source.SPURIOUS.ordinal()] != 0) {
      hash.fold(counts[Source.SPURIOUS.ordinal()]);
    }
  }

  /** How a view travels between nodes. */
  public static Codec<View> packedView(Codecs codecs) {
    Codec<long[]> numbers = codecs.of(long[].class);
    return new Codec<>() {
      @Override
      public void write(View view, PackedOutput out) {
        numbers.write(view.counts, out);
        numbers.write(Arrays.copyOf(view.later, view.laterCount), out);
      }

      @Override
      public View read(PackedInput in) {
        long[] counts = numbers.read(in);
        long[] later = numbers.read(in);
        if (counts.length != SOURCES) {
          throw new PackedFormatException(counts.length + " sources of interrupts");
        }
        return new View(counts, later, later.length);
      }
    };
  }

  /** What was logged up to a moment. */
  public static final class View {
    private final long[] counts;
    private final long[] later;
    private final int laterCount;

    private View(long[] counts, long[] later, int laterCount) {
      this.counts = counts;
      this.later = later;
      this.laterCount = laterCount;
    }

    /** How many interrupts of a source had been taken at the end of {@code cycle}. */
    public long countAt(Source source, long cycle) {
      long count = counts[source.ordinal()];
      for (int i = 0; i < laterCount && later[i] >> SOURCE_BITS <= cycle; i++) {
        if ((later[i] & (1 << SOURCE_BITS) - 1) == source.ordinal()) {
          count++;
        }
      }
      return count;
    }
  }
}
