package stillpoint.machine.board;

/**
 * In which order a CPU's stores become visible to others, and the store buffer that makes it so.
 *
 * @param kind the order
 * @param bufferEntries stores that a CPU's buffer holds, 1 .. 64; of no account under SC
 * @param drainCycles a store stays in the buffer for 1 .. so many cycles, each as likely, before it
 *     goes to the cache by itself; 1 .. 1,000,000
 */
public record MemoryOrder(Kind kind, int bufferEntries, int drainCycles) {
  /** Names as in scenario files: lower case. */
  public enum Kind {
    /** Sequential consistency: there is no buffer. */
    SC,
    /** Total store order, as SPARC's and x86's: the buffer is first in, first out. */
    TSO,
    /** Partial store order, as SPARC's: only stores to one doubleword stay in order. */
    PSO
  }

  public static final int MOST_ENTRIES = 64;
  public static final int MOST_DRAIN_CYCLES = 1_000_000;

  /** What a machine has unless it is told otherwise. */
  public static final MemoryOrder SC = new MemoryOrder(Kind.SC, 8, 60);

  public MemoryOrder {
    require("store-buffer.entries", bufferEntries, MOST_ENTRIES);
    require("store-buffer.drain-delay", drainCycles, MOST_DRAIN_CYCLES);
  }

  private static void require(String key, int value, int most) {
    if (value < 1 || value > most) {
      throw new IllegalArgumentException(key + " = " + value + " is not within 1 .. " + most);
    }
  }

  public boolean buffered() {
    return kind != Kind.SC;
  }
}
