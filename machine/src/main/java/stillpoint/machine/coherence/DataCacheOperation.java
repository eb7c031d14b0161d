package stillpoint.machine.coherence;

import java.util.Optional;

/**
 * Operations of the {@code cache} instruction on one line of the data cache (MIPS64 Architecture
 * for Programmers, volume II, CACHE). An index operation is one of these on the line that the slot
 * holds.
 */
public enum DataCacheOperation {
  /** The line leaves the cache and is written back if it was modified. */
  WRITEBACK_INVALIDATE,
  /** The line leaves the cache; what was stored in it since memory last had it is forgotten. */
  INVALIDATE,
  /** Memory has what the cache has. (The line leaves the cache if it was modified: it may at any time.) */
  WRITEBACK;

  private static final int INDEX_WRITEBACK_INVALIDATE = 0b000_01;
  private static final int HIT_INVALIDATE = 0b100_01;
  private static final int HIT_WRITEBACK_INVALIDATE = 0b101_01;
  private static final int HIT_WRITEBACK = 0b110_01;

  /**
   * The operation that a {@code cache} instruction's op field asks of the data cache; empty for
   * tags, for other caches, and for Fetch and Lock, which this cache refuses: it locks no line.
   */
  public static Optional<DataCacheOperation> of(int opField) {
    return switch (opField) {
      case INDEX_WRITEBACK_INVALIDATE, HIT_WRITEBACK_INVALIDATE ->
          Optional.of(WRITEBACK_INVALIDATE);
      case HIT_INVALIDATE -> Optional.of(INVALIDATE);
      case HIT_WRITEBACK -> Optional.of(WRITEBACK);
      default -> Optional.empty();
    };
  }

  /** Whether the line is named by its place in the cache, not by its address. */
  public static boolean byIndex(int opField) {
    return opField == INDEX_WRITEBACK_INVALIDATE;
  }
}
