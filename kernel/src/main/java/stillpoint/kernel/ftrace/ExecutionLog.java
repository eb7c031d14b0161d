package stillpoint.kernel.ftrace;

import java.util.Arrays;

/**
 * Which words one CPU executed at ftrace call sites, and when: the raw material for {@link StaleCodeJudge}. A log of
 * primitive columns that only grows; a {@link View} costs nothing and never changes.
 */
public final class ExecutionLog {
  private long[] cycles = new long[64];
  private long[] physicals = new long[64];
  private int[] words = new int[64];
  private int size;

  public void add(long cycle, long physical, int word) {
    if (size == words.length) {
      cycles = Arrays.copyOf(cycles, size * 2);
      physicals = Arrays.copyOf(physicals, size * 2);
      words = Arrays.copyOf(words, size * 2);
    }
    cycles[size] = cycle;
    physicals[size] = physical;
    words[size++] = word;
  }

  public int size() {
    return size;
  }

  public View view() {
    return new View(cycles, physicals, words, size);
  }

  /** The log as it was when the view was made, ascending by cycle. */
  public static final class View {
    private final long[] cycles;
    private final long[] physicals;
    private final int[] words;
    private final int size;

    private View(long[] cycles, long[] physicals, int[] words, int size) {
      this.cycles = cycles;
      this.physicals = physicals;
      this.words = words;
      this.size = size;
    }

    public int size() {
      return size;
    }

    public long cycle(int index) {
      return cycles[index];
    }

    public long physical(int index) {
      return physicals[index];
    }

    public int word(int index) {
      return words[index];
    }
  }
}
