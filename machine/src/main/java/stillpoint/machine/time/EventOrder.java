package stillpoint.machine.time;

/**
 * The second half of the total order of events: who sent it, and as its how-manyeth. Packed in one
 * long that compares as the pair (sender, sequence) does: 24 bits of sender above 39 bits of
 * sequence, never negative. Neither half can overflow into the other; a machine or a run too large
 * for it is refused.
 */
public final class EventOrder {
  /** Process ids are below this. */
  public static final int PROCESSES = 1 << 24;

  private static final int SEQUENCE_BITS = 39;

  /** Sequence numbers are below this. */
  public static final long SEQUENCES = 1L << SEQUENCE_BITS;

  private EventOrder() {}

  public static long of(int sender, long sequence) {
    if (sender < 0 || sender >= PROCESSES || sequence < 0 || sequence >= SEQUENCES) {
      throw new BrokenInvariant(
          "event number %d of process %d has no place in the order of events (%d processes, %d events each)"
              .formatted(sequence, sender, PROCESSES, SEQUENCES));
    }
    return ((long) sender << SEQUENCE_BITS) | sequence;
  }

  public static int senderOf(long order) {
    return (int) (order >>> SEQUENCE_BITS);
  }

  public static long sequenceOf(long order) {
    return order & (SEQUENCES - 1);
  }
}
