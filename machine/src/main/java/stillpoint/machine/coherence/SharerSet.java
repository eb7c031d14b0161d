package stillpoint.machine.coherence;

import java.util.Arrays;
import stillpoint.machine.time.StateHash;

/**
 * The CPUs that may hold a line in S. Up to eight as a sorted array; more as a bitmap in chunks of
 * 4,096 CPUs that are made when needed, so that nine sharers among a million CPUs cost little and
 * 4,097 of them cost a bit each.
 */
final class SharerSet {
  private static final int FEW = 8;
  private static final int CHUNK_SHIFT = 12;
  private static final int CHUNK_WORDS = 1 << (CHUNK_SHIFT - 6);

  /** What to do with a member. */
  interface Visitor {
    void visit(int cpu);
  }

  private int[] few = new int[2];
  private long[][] chunks;
  private int count;

  int count() {
    return count;
  }

  boolean contains(int cpu) {
    if (chunks == null) {
      return Arrays.binarySearch(few, 0, count, cpu) >= 0;
    }
    int chunk = cpu >> CHUNK_SHIFT;
    return chunk < chunks.length
        && chunks[chunk] != null
        && (chunks[chunk][wordOf(cpu)] >>> (cpu & 63) & 1) != 0;
  }

  void add(int cpu) {
    if (chunks == null && count == FEW && !contains(cpu)) {
      int[] members = few;
      chunks = new long[(Math.max(members[FEW - 1], cpu) >> CHUNK_SHIFT) + 1][];
      count = 0;
      for (int member : members) {
        addToChunks(member);
      }
      few = null;
    }
    if (chunks != null) {
      addToChunks(cpu);
      return;
    }
    int at = Arrays.binarySearch(few, 0, count, cpu);
    if (at < 0) {
      if (count == few.length) {
        few = Arrays.copyOf(few, Math.min(2 * count, FEW));
      }
      System.arraycopy(few, -at - 1, few, -at, count + at + 1);
      few[-at - 1] = cpu;
      count++;
    }
  }

  /** Takes out a member. */
  void remove(int cpu) {
    if (!contains(cpu)) {
      return;
    }
    if (chunks != null) {
      chunks[cpu >> CHUNK_SHIFT][wordOf(cpu)] &= ~(1L << (cpu & 63));
    } else {
      int at = Arrays.binarySearch(few, 0, count, cpu);
      System.arraycopy(few, at + 1, few, at, count - at - 1);
    }
    count--;
  }

  /** Members in ascending order. */
  void forEach(Visitor visitor) {
    if (chunks == null) {
      for (int i = 0; i < count; i++) {
        visitor.visit(few[i]);
      }
      return;
    }
    for (int chunk = 0; chunk < chunks.length; chunk++) {
      for (int word = 0; chunks[chunk] != null && word < CHUNK_WORDS; word++) {
        int base = (chunk << CHUNK_SHIFT) + (word << 6);
        for (long bits = chunks[chunk][word]; bits != 0; bits &= bits - 1) {
          visitor.visit(base + Long.numberOfTrailingZeros(bits));
        }
      }
    }
  }

  void fold(StateHash hash) {
    hash.fold(count);
    forEach(hash::fold);
  }

  private void addToChunks(int cpu) {
    int chunk = cpu >> CHUNK_SHIFT;
    if (chunk >= chunks.length) {
      chunks = Arrays.copyOf(chunks, chunk + 1);
    }
    if (chunks[chunk] == null) {
      chunks[chunk] = new long[CHUNK_WORDS];
    }
    long bit = 1L << (cpu & 63);
    if ((chunks[chunk][wordOf(cpu)] & bit) == 0) {
      chunks[chunk][wordOf(cpu)] |= bit;
      count++;
    }
  }

  private static int wordOf(int cpu) {
    return (cpu >> 6) & (CHUNK_WORDS - 1);
  }
}
