package stillpoint.machine.time;

import java.util.Arrays;

/**
 * When each process of a shard next has something to do, and who has in a given window. Processes
 * are known by their index in the shard.
 *
 * <p>Idea: a ring of {@value #RING} buckets, each a power of two of cycles wide and at least one
 * lookahead, so that a window touches two buckets at most; what lies beyond the ring waits in a
 * heap. A bucket is an unsorted list of indices with lazy deletion: {@code cycles} alone is the
 * truth, an entry that disagrees with it is dropped when it is met. Adding costs a store or two,
 * finding the active ones a scan of a list that is mostly active.
 *
 * <p>Time never goes back: after {@link #take} nothing may be scheduled before the cycle it was
 * given.
 */
public final class Calendar {
  private static final int RING = 64;
  private static final int RING_MASK = RING - 1;

  /** By index: next cycle of the process, or NEVER. */
  private final long[] cycles;

  private final int widthBits;
  private final int[][] buckets = new int[RING][8];
  private final int[] counts = new int[RING];

  /** Bit {@code b} is set if {@code buckets[b]} has an entry, stale ones included. */
  private long occupied;

  /** Number (cycle / width) of the earliest bucket that may hold anything. */
  private long baseBucket;

  private final FarHeap far = new FarHeap();
  private final long[] marks;

  public Calendar(int size, long lookaheadCycles) {
    cycles = new long[size];
    Arrays.fill(cycles, LogicalProcess.NEVER);
    marks = new long[(size + 63) >>> 6];
    // a ring must not wrap around the end of time
    widthBits =
        Math.min(
            56, lookaheadCycles <= 1 ? 0 : 64 - Long.numberOfLeadingZeros(lookaheadCycles - 1));
  }

  /**
   * The process has something to do at {@code cycle}; keeps the earlier one if it is known to have
   * already.
   */
  public void schedule(int index, long cycle) {
    long known = cycles[index];
    if (cycle >= known) {
      return;
    }
    cycles[index] = cycle;
    long bucket = cycle >>> widthBits;
    if (bucket < baseBucket) {
      throw new BrokenInvariant(
          "process %d of the shard is scheduled at cycle %d, in a window that is over"
              .formatted(index, cycle));
    }
    if (bucket >= baseBucket + RING) {
      far.add(cycle, index);
    } else if (known == LogicalProcess.NEVER || bucket != known >>> widthBits) {
      put((int) bucket & RING_MASK, index);
    }
  }

  private void put(int slot, int index) {
    int count = counts[slot];
    if (count == buckets[slot].length) {
      buckets[slot] = Arrays.copyOf(buckets[slot], 2 * count);
    }
    buckets[slot][count] = index;
    counts[slot] = count + 1;
    occupied |= 1L << slot;
  }

  /** The earliest cycle at which any process has something to do, or NEVER. */
  public long nextCycle() {
    int base = (int) baseBucket & RING_MASK;
    while (occupied != 0) {
      int distance = Long.numberOfTrailingZeros(Long.rotateRight(occupied, base));
      long earliest = earliestIn(baseBucket + distance);
      if (earliest != LogicalProcess.NEVER) {
        return earliest;
      }
    }
    while (far.size() > 0 && cycles[far.headIndex()] != far.headCycle()) {
      far.removeHead();
    }
    return far.size() == 0 ? LogicalProcess.NEVER : far.headCycle();
  }

  /** Earliest cycle in a bucket; drops its stale entries. */
  private long earliestIn(long bucket) {
    int slot = (int) bucket & RING_MASK;
    int[] entries = buckets[slot];
    int count = counts[slot];
    int kept = 0;
    long earliest = LogicalProcess.NEVER;
    for (int i = 0; i < count; i++) {
      long cycle = cycles[entries[i]];
      if (cycle >>> widthBits == bucket) {
        entries[kept++] = entries[i];
        earliest = Math.min(earliest, cycle);
      }
    }
    shrink(slot, kept);
    return earliest;
  }

  private void shrink(int slot, int count) {
    counts[slot] = count;
    if (count == 0) {
      occupied &= ~(1L << slot);
    }
  }

  /**
   * Moves everybody with something to do before {@code untilCycle} out of the calendar and into
   * {@code active}, in index order; {@code active} has room for all processes.
   *
   * @return how many there are
   */
  public int take(long untilCycle, int[] active) {
    int taken = 0;
    long lastBucket = (untilCycle - 1) >>> widthBits;
    int base = (int) baseBucket & RING_MASK;
    while (occupied != 0) {
      int distance = Long.numberOfTrailingZeros(Long.rotateRight(occupied, base));
      if (baseBucket + distance > lastBucket) {
        break;
      }
      taken = takeFrom(baseBucket + distance, untilCycle, active, taken);
      if (baseBucket + distance == lastBucket) {
        break;
      }
    }
    while (far.size() > 0 && far.headCycle() < untilCycle) {
      int index = far.headIndex();
      if (cycles[index] == far.headCycle()) {
        cycles[index] = LogicalProcess.NEVER;
        active[taken++] = index;
      }
      far.removeHead();
    }
    turnTo(untilCycle >>> widthBits);
    sort(active, taken);
    return taken;
  }

  private int takeFrom(long bucket, long untilCycle, int[] active, int takenBefore) {
    int slot = (int) bucket & RING_MASK;
    int[] entries = buckets[slot];
    int count = counts[slot];
    int taken = takenBefore;
    int kept = 0;
    for (int i = 0; i < count; i++) {
      int index = entries[i];
      long cycle = cycles[index];
      if (cycle < untilCycle) {
        cycles[index] = LogicalProcess.NEVER;
        active[taken++] = index;
      } else if (cycle >>> widthBits == bucket) {
        entries[kept++] = index;
      }
    }
    shrink(slot, kept);
    return taken;
  }

  private void turnTo(long bucket) {
    baseBucket = bucket;
    while (far.size() > 0 && far.headCycle() >>> widthBits < baseBucket + RING) {
      int index = far.headIndex();
      long cycle = far.headCycle();
      far.removeHead();
      if (cycles[index] == cycle) {
        put((int) (cycle >>> widthBits) & RING_MASK, index);
      }
    }
  }

  /** Few of many are sorted, many are marked in a bit set and read back. */
  private void sort(int[] active, int count) {
    if (count < marks.length / 8) {
      Arrays.sort(active, 0, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      marks[active[i] >>> 6] |= 1L << active[i];
    }
    int at = 0;
    for (int word = 0; at < count; word++) {
      for (long bits = marks[word]; bits != 0; bits &= bits - 1) {
        active[at++] = (word << 6) + Long.numberOfTrailingZeros(bits);
      }
      marks[word] = 0;
    }
  }
}
