package stillpoint.machine.time;

/**
 * What one logical process tells another. Immutable. It holds ids, never references to other processes, so that it
 * prints, compares, hashes and replays.
 */
public interface Message {
  /** Folds every field, in declaration order, into {@code hash}. Enums fold by ordinal. */
  void fold(StateHash hash);

  /** Bytes of memory that it carries, 0 or more: what makes it longer on a link than any other. */
  default int payloadBytes() {
    return 0;
  }
}
