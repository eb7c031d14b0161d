package stillpoint.kernel.ftrace;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import stillpoint.kernel.cpu.AppendLog;
import stillpoint.machine.packed.Codec;
import stillpoint.machine.packed.Codecs;
import stillpoint.machine.packed.PackedFormatException;
import stillpoint.machine.packed.PackedInput;
import stillpoint.machine.packed.PackedOutput;

/**
 * The trace ring buffer of one CPU: the newest entries overwrite the oldest.
 *
 * <p>What a reader on another CPU saw in it is put together after the run, so what was in it when somebody began to read
 * has to outlive being overwritten: entries are kept in chunks, and the chunks around each announced reading are pinned.
 */
public final class TraceRing {
  /** Entries it holds. */
  public static final int CAPACITY = 1 << 16;

  /** {@code numbers} is ascending; a chunk but the last is full. */
  private record Chunk(long number, AppendLog<TraceEntry> entries) {}

  private final long[] readingCycles;
  private final int capacity;
  private final List<Chunk> chunks = new ArrayList<>(1);
  private int readingsBegun;

  /** Chunks in which a reading began; each is kept with the one before and the one after. */
  private final List<Long> pinned = new ArrayList<>(0);

  private long written;

  /**
   * @param readingCycles when somebody begins to read all rings, ascending
   */
  public TraceRing(long[] readingCycles) {
    this(readingCycles, CAPACITY);
  }

  TraceRing(long[] readingCycles, int capacity) {
    this.readingCycles = readingCycles;
    this.capacity = capacity;
  }

  public void add(TraceEntry entry) {
    long number = written / capacity;
    while (readingsBegun < readingCycles.length && readingCycles[readingsBegun] <= entry.cycle()) {
      pinned.add(number);
      readingsBegun++;
    }
    if (written % capacity == 0) {
      drop(number);
      chunks.add(new Chunk(number, new AppendLog<>()));
    }
    chunks.getLast().entries.add(entry);
    written++;
  }

  /** Before chunk {@code number} is begun: what neither the ring nor a reader needs any more. */
  private void drop(long number) {
    chunks.removeIf(
        chunk ->
            chunk.number < number - 1
                && pinned.stream().noneMatch(at -> Math.abs(chunk.number - at) <= 1));
  }

  /** Entries ever written, overwritten ones included. */
  public long written() {
    return written;
  }

  /** An unchanging view. */
  public View view() {
    List<Kept> kept = new ArrayList<>(chunks.size());
    for (Chunk chunk : chunks) {
      kept.add(new Kept(chunk.number * capacity, chunk.entries.view()));
    }
    return new View(kept, written, capacity);
  }

  /** How a view travels between nodes. */
  public static Codec<View> packedView(Codecs codecs) {
    Codec<Packed> packed = codecs.of(Packed.class);
    return new Codec<>() {
      @Override
      public void write(View view, PackedOutput out) {
        packed.write(new Packed(view.kept, view.written, view.capacity), out);
      }

      @Override
      public View read(PackedInput in) {
        Packed read = packed.read(in);
        if (read.capacity < 1) {
          throw new PackedFormatException("a trace ring for " + read.capacity + " entries");
        }
        return new View(read.kept, read.written, read.capacity);
      }
    };
  }

  private record Packed(List<Kept> kept, long written, int capacity) {}

  /** A run of entries; {@code first} counts from the first entry ever written. */
  private record Kept(long first, List<TraceEntry> entries) {
    long end() {
      return first + entries.size();
    }
  }

  /** What the buffer holds, oldest first; and what it held at an earlier cycle. */
  public static final class View extends AbstractList<TraceEntry> {
    private final List<Kept> kept;
    private final long written;
    private final int capacity;
    private final long first;

    private View(List<Kept> kept, long written, int capacity) {
      this.kept = kept;
      this.written = written;
      this.capacity = capacity;
      long from = Math.max(0, written - capacity);
      // a reader that came late finds a gap: then the buffer begins after it
      for (int i = kept.size() - 1; i > 0; i--) {
        long begin = kept.get(i).first;
        if (begin > from && begin < written && kept.get(i - 1).end() < begin) {
          from = begin;
        }
      }
      if (!kept.isEmpty()) {
        from = Math.max(from, Math.min(kept.getFirst().first, written));
      }
      this.first = from;
    }

    /** Entries ever written, overwritten ones included. */
    public long written() {
      return written;
    }

    /** The buffer as it was at the end of {@code cycle}. */
    public View at(long cycle) {
      long count = 0;
      for (Kept run : kept) {
        if (!run.entries.isEmpty() && run.entries.getFirst().cycle() <= cycle) {
          count = run.first + upTo(run.entries, cycle);
        }
      }
      return new View(kept, Math.min(count, written), capacity);
    }

    private static int upTo(List<TraceEntry> entries, long cycle) {
      int low = 0;
      int high = entries.size();
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (entries.get(middle).cycle() <= cycle) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low;
    }

    @Override
    public TraceEntry get(int index) {
      long number = first + index;
      if (index < 0 || number >= written) {
        throw new IndexOutOfBoundsException(index);
      }
      for (int i = kept.size() - 1; i >= 0; i--) {
        if (kept.get(i).first <= number) {
          return kept.get(i).entries.get((int) (number - kept.get(i).first));
        }
      }
      throw new IndexOutOfBoundsException(index);
    }

    @Override
    public int size() {
      return (int) (written - first);
    }
  }
}
