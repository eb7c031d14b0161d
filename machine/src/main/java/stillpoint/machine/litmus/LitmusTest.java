package stillpoint.machine.litmus;

import java.util.List;

/**
 * A litmus test as its file says it.
 *
 * @param name for instance {@code SB}
 * @param initial registers and memory at the start; what is not here is 0
 * @param threads columns of instructions, P0 first
 * @param observed locations that the test wants shown besides those of its condition
 * @param condition about the final state
 */
public record LitmusTest(
    String name,
    List<Initial> initial,
    List<Thread> threads,
    List<Location> observed,
    Condition condition) {

  /** A register or a variable in memory. */
  public sealed interface Location {
    int line();

    /** As the file writes it. */
    String text();
  }

  /**
   * A register, {@code 0:$2}, {@code 0:a0} or {@code 0:%x}.
   *
   * @param thread -1 if a symbolic one is named without its thread
   */
  public record Register(int line, int thread, String name) implements Location {
    @Override
    public String text() {
      return thread < 0 ? name : thread + ":" + name;
    }

    boolean symbolic() {
      return name.startsWith("%");
    }
  }

  /** A variable in memory. */
  public record Variable(int line, String name) implements Location {
    @Override
    public String text() {
      return name;
    }
  }

  /** What something is, or is compared with. */
  public sealed interface Value {}

  public record Number(long value) implements Value {}

  /** The address of a variable. */
  public record Address(Variable of) implements Value {}

  /** How many bytes a location has, and how they are shown. */
  public record Type(int bytes, boolean signed) {
    public static final Type INT = new Type(4, true);
    public static final Type POINTER = new Type(8, true);

    /** The low bytes of a number as this type shows them. */
    public long of(long value) {
      int unused = 64 - 8 * bytes;
      return signed ? value << unused >> unused : value << unused >>> unused;
    }
  }

  /**
   * A line of the initial state.
   *
   * @param type null if it was not said
   */
  public record Initial(Location location, Type type, Value value) {}

  /** A line of a thread; {@code text} may be empty, and may begin with labels. */
  public record Instruction(int line, String text) {}

  /** A column. */
  public record Thread(List<Instruction> code) {
    public Thread {
      code = List.copyOf(code);
    }
  }

  public LitmusTest {
    initial = List.copyOf(initial);
    threads = List.copyOf(threads);
    observed = List.copyOf(observed);
  }
}
