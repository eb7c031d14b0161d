package stillpoint.machine.interrupt;

import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;
import stillpoint.machine.packed.Codec;
import stillpoint.machine.packed.PackedFormatException;
import stillpoint.machine.packed.PackedInput;
import stillpoint.machine.packed.PackedOutput;
import stillpoint.machine.time.EventOrder;
import stillpoint.machine.time.StateHash;

/** An immutable set of CPU numbers. */
public final class CpuSet {
  private static final CpuSet EMPTY = new CpuSet(0, new long[0]);

  /** As its words of 64 CPUs. */
  public static final Codec<CpuSet> PACKED =
      new Codec<>() {
        @Override
        public void write(CpuSet value, PackedOutput out) {
          out.putUnsigned(value.firstWord);
          out.putUnsigned(value.words.length);
          for (long word : value.words) {
            out.putUnsigned(word);
          }
        }

        @Override
        public CpuSet read(PackedInput in) {
          long firstWord = in.getUnsigned();
          long[] words = new long[in.getCount(1)];
          for (int i = 0; i < words.length; i++) {
            words[i] = in.getUnsigned();
          }
          if (firstWord < 0 || firstWord + words.length > EventOrder.PROCESSES >> 6) {
            throw new PackedFormatException("a set of CPUs from word " + firstWord);
          }
          return trimmed((int) firstWord, words);
        }
      };

  /** Number of the first word, in units of 64 CPUs. */
  private final int firstWord;

  private final long[] words;

  /** Number of members; counted when first asked for, which many do at each step of a loop over a large machine. */
  private int size = -1;

  private CpuSet(int firstWord, long[] words) {
    this.firstWord = firstWord;
    this.words = words;
  }

  public static CpuSet of(int cpu) {
    return new CpuSet(cpu >> 6, new long[] {1L << (cpu & 63)});
  }

  public static CpuSet empty() {
    return EMPTY;
  }

  /** CPUs {@code from} (inclusive) to {@code to} (exclusive). */
  public static CpuSet range(int from, int to) {
    BitSet bits = new BitSet(to);
    bits.set(from, to);
    return of(bits);
  }

  public static CpuSet of(BitSet cpus) {
    if (cpus.isEmpty()) {
      return EMPTY;
    }
    int first = cpus.nextSetBit(0) >> 6;
    long[] all = cpus.toLongArray();
    return new CpuSet(first, Arrays.copyOfRange(all, first, all.length));
  }

  public boolean contains(int cpu) {
    int word = (cpu >> 6) - firstWord;
    return word >= 0 && word < words.length && (words[word] >>> (cpu & 63) & 1) != 0;
  }

  public boolean isEmpty() {
    return words.length == 0;
  }

  public int size() {
    if (size < 0) {
      int count = 0;
      for (long word : words) {
        count += Long.bitCount(word);
      }
      size = count;
    }
    return size;
  }

  /** Smallest member {@code >= cpu}, or -1. */
  public int next(int cpu) {
    int word = Math.max((cpu >> 6) - firstWord, 0);
    for (int i = word; i < words.length; i++) {
      long bits = words[i];
      if (i + firstWord == cpu >> 6) {
        bits &= -1L << (cpu & 63);
      }
      if (bits != 0) {
        return ((i + firstWord) << 6) + Long.numberOfTrailingZeros(bits);
      }
    }
    return -1;
  }

  /** Largest member {@code < cpu}, or -1. */
  public int previous(int cpu) {
    int last = Math.min((cpu >> 6) - firstWord, words.length - 1);
    for (int i = last; i >= 0; i--) {
      long bits = words[i];
      if (i + firstWord == cpu >> 6) {
        bits &= (1L << (cpu & 63)) - 1;
      }
      if (bits != 0) {
        return ((i + firstWord) << 6) + 63 - Long.numberOfLeadingZeros(bits);
      }
    }
    return -1;
  }

  public CpuSet without(int cpu) {
    if (!contains(cpu)) {
      return this;
    }
    long[] left = words.clone();
    left[(cpu >> 6) - firstWord] &= ~(1L << (cpu & 63));
    return trimmed(firstWord, left);
  }

  public CpuSet with(int cpu) {
    if (contains(cpu)) {
      return this;
    }
    if (isEmpty()) {
      return of(cpu);
    }
    int word = cpu >> 6;
    int first = Math.min(word, firstWord);
    long[] more = new long[Math.max(word + 1, firstWord + words.length) - first];
    System.arraycopy(words, 0, more, firstWord - first, words.length);
    more[word - first] |= 1L << (cpu & 63);
    return new CpuSet(first, more);
  }

  /** The members within {@code from} (inclusive) and {@code to} (exclusive). Costs the words in between, no more. */
  public CpuSet within(int from, int to) {
    int first = Math.max((Math.max(from, 0) >> 6) - firstWord, 0);
    int end = Math.min(Math.ceilDiv(to, 64) - firstWord, words.length); // exclusive
    if (to <= from || first >= end) {
      return EMPTY;
    }
    long[] part = Arrays.copyOfRange(words, first, end);
    if (first + firstWord == from >> 6) {
      part[0] &= -1L << (from & 63);
    }
    if (end + firstWord == Math.ceilDiv(to, 64) && (to & 63) != 0) {
      part[part.length - 1] &= -1L >>> (64 - (to & 63));
    }
    return trimmed(first + firstWord, part);
  }

  /** The members of both. */
  public CpuSet intersection(CpuSet other) {
    int first = Math.max(firstWord, other.firstWord);
    int end = Math.min(firstWord + words.length, other.firstWord + other.words.length); // exclusive
    if (first >= end) {
      return EMPTY;
    }
    long[] both = new long[end - first];
    for (int i = 0; i < both.length; i++) {
      both[i] = words[first - firstWord + i] & other.words[first - other.firstWord + i];
    }
    return trimmed(first, both);
  }

  /** Without zero words at either end, so that equal sets have equal words. */
  private static CpuSet trimmed(int firstWord, long[] words) {
    int first = 0;
    int end = words.length;
    while (first < end && words[first] == 0) {
      first++;
    }
    while (end > first && words[end - 1] == 0) {
      end--;
    }
    if (first == end) {
      return EMPTY;
    }
    boolean tight = first == 0 && end == words.length;
    return new CpuSet(firstWord + first, tight ? words : Arrays.copyOfRange(words, first, end));
  }

  public BitSet toBitSet() {
    BitSet bits = new BitSet((firstWord + words.length) << 6);
    for (int cpu = next(0); cpu >= 0; cpu = next(cpu + 1)) {
      bits.set(cpu);
    }
    return bits;
  }

  /** Members in ascending order. */
  public IntStream stream() {
    return toBitSet().stream();
  }

  public void fold(StateHash hash) {
    hash.fold(firstWord).fold(words);
  }

  @Override
  public boolean equals(Object other) {
    return other == this
        || other instanceof CpuSet set
            && set.firstWord == firstWord
            && Arrays.equals(set.words, words);
  }

  @Override
  public int hashCode() {
    return 31 * firstWord + Arrays.hashCode(words);
  }

  /** As the kernel prints CPU lists, for instance {@code 0,2-5}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int cpu = next(0); cpu >= 0; ) {
      int last = cpu;
      while (contains(last + 1)) {
        last++;
      }
      text.append(text.isEmpty() ? "" : ",").append(cpu);
      if (last > cpu) {
        text.append('-').append(last);
      }
      cpu = next(last + 1);
    }
    return text.toString();
  }
}
