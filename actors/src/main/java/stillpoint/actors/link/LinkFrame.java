package stillpoint.actors.link;

/**
 * What travels between the two ends of a {@link ReliableLink}.
 *
 * @param sequence number of this frame among those of its sender, from 0; -1 if it carries nothing
 * @param last whether its bytes end a payload
 * @param expected the sender has all frames of the other end below this number
 * @param missing the sender wants the frame {@code expected} again: later ones have come
 * @param bytes a piece of a payload; never changed once made
 */
public record LinkFrame(long sequence, boolean last, long expected, boolean missing, byte[] bytes) {
  static final byte[] NOTHING = {};

  boolean carries() {
    return sequence >= 0;
  }
}
