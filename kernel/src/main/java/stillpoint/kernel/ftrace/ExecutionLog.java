package stillpoint.kernel.ftrace;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import stillpoint.machine.packed.Codec;
import stillpoint.machine.packed.Codecs;
import stillpoint.machine.packed.PackedFormatException;
import stillpoint.machine.packed.PackedInput;
import stillpoint.machine.packed.PackedOutput;

/**
 * Which words one CPU executed at ftrace call sites, and when: the raw material for {@link StaleCodeJudge}. Kept in
 * primitive columns, and handed over piece by piece.
 */
public final class ExecutionLog {
  private long[] cycles = new long[64];
  private long[] physicals = new long[64];
  private int[] words = new int[64];
  private int size;
  private List<TornPass> torn = List.of();

  /** A pass over a site executed a pair of words that is none. */
  public void addTorn(TornPass pass) {
    if (torn.isEmpty()) {
      torn = new ArrayList<>();
    }
    torn.add(pass);
  }

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

  /** Hands over what was logged since the last call, and forgets it. */
  public View drain() {
    View view = new View(cycles, physicals, words, size, torn);
    torn = List.of();
    if (size > 0) {
      cycles = new long[64];
      physicals = new long[64];
      words = new int[64];
      size = 0;
    }
    return view;
  }

  /** How a piece travels between nodes. */
  public static Codec<View> packedView(Codecs codecs) {
    Codec<Packed> packed = codecs.of(Packed.class);
    return new Codec<>() {
      @Override
      public void write(View view, PackedOutput out) {
        packed.write(
            new Packed(
                Arrays.copyOf(view.cycles, view.size),
                Arrays.copyOf(view.physicals, view.size),
                Arrays.copyOf(view.words, view.size),
                view.torn),
            out);
      }

      @Override
      public View read(PackedInput in) {
        Packed read = packed.read(in);
        int size = read.cycles.length;
        if (read.physicals.length != size || read.words.length != size) {
          throw new PackedFormatException("columns of an execution log that do not match");
        }
        return new View(read.cycles, read.physicals, read.words, size, read.torn);
      }
    };
  }

  private record Packed(long[] cycles, long[] physicals, int[] words, List<TornPass> torn) {}

  /** A piece of the log, ascending by cycle. It never changes. */
  public static final class View {
    private final long[] cycles;
    private final long[] physicals;
    private final int[] words;
    private final int size;
    private final List<TornPass> torn;

    private View(long[] cycles, long[] physicals, int[] words, int size, List<TornPass> torn) {
      this.cycles = cycles;
      this.physicals = physicals;
      this.words = words;
      this.size = size;
      this.torn = torn;
    }

    /** Torn passes among them, ascending by cycle. */
    public List<TornPass> torn() {
      return Collections.unmodifiableList(torn);
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
