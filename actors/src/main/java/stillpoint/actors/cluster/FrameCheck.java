package stillpoint.actors.cluster;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLException;

/**
 * Follows what a connection to Artery brings, and refuses what Artery's own framing does not bear. A connection is {@code AKKA}, a
 * stream's number, then frames: a length in four bytes, the lowest first, and so many bytes.
 *
 * <p>Akka 2.8.5 takes the length unchecked: a negative one moves its reader backwards, and it reads the same bytes for ever; a huge
 * one makes it keep all that comes.
 */
final class FrameCheck {
  private static final byte[] PREAMBLE = {'A', 'K', 'K', 'A'};
  private static final int LENGTH_BYTES = 4;

  private static final int CONTROL_STREAM = 1;

  /** There is a third one for large messages, but nobody here has any. */
  private static final int ORDINARY_STREAM = 2;

  private final int mostBytes;

  /** How many bytes of preamble and stream number were there. */
  private int opened;

  /** How many bytes of the frame's length were there, and what they say. */
  private int lengthBytes;

  private int length;

  /** Bytes of the frame that are still to come. */
  private int left;

  /** {@code mostBytes}: of a frame. */
  FrameCheck(int mostBytes) {
    this.mostBytes = mostBytes;
  }

  /**
   * Looks at the next bytes, all that {@code bytes} has left; takes none.
   *
   * @throws SSLException if no member sends that
   */
  void look(ByteBuffer bytes) throws SSLException {
    int at = bytes.position();
    while (at < bytes.limit()) {
      if (left > 0) {
        int skipped = Math.min(left, bytes.limit() - at);
        left -= skipped;
        at += skipped;
      } else if (opened <= PREAMBLE.length) {
        open(bytes.get(at++));
      } else {
        count(bytes.get(at++));
      }
    }
  }

  private void open(byte next) throws SSLException {
    if (opened < PREAMBLE.length) {
      if (next != PREAMBLE[opened]) {
        throw new SSLException("it does not begin as a member does");
      }
    } else if (next < CONTROL_STREAM || next > ORDINARY_STREAM) {
      throw new SSLException("there is no stream " + next);
    }
    opened++;
  }

  private void count(byte next) throws SSLException {
    length |= (next & 0xff) << Byte.SIZE * lengthBytes;
    if (++lengthBytes < LENGTH_BYTES) {
      return;
    }
    if (length < 1 || length > mostBytes) {
      throw new SSLException("a frame of %d bytes, not of 1 to %d".formatted(length, mostBytes));
    }
    left = length;
    length = 0;
    lengthBytes = 0;
  }
}
