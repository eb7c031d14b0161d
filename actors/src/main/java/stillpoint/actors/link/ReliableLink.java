package stillpoint.actors.link;

import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;
import stillpoint.machine.time.BrokenInvariant;

/**
 * One end of a link. Payloads are cut into frames below the transport's limit, numbered, kept until
 * the other end has them, and sent again when it asks for one or says nothing for long; what comes
 * twice is dropped, what comes early waits. Time is an argument: the same calls give the same frames.
 *
 * <p>Frames that carry something also say how far the other direction has come; a frame for that
 * alone goes out on a tick, when something came and nothing went back. So a steady exchange costs one
 * frame each way and no more.
 */
public final class ReliableLink {
  /** Bytes of payload in a frame at most: Artery refuses 256 KiB, and an envelope comes on top. */
  public static final int MOST_BYTES = 192 * 1024;

  /** Frames under way at most: Artery drops when its queue of 3,072 is full. */
  static final int MOST_UNDER_WAY = 512;

  /** Frames that wait for an earlier one at most; those beyond are sent again by the other end. */
  private static final int MOST_EARLY = 2 * MOST_UNDER_WAY;

  /**
   * What came of a frame.
   *
   * @param payloads whole ones, in their order
   * @param frames to be sent to the other end
   */
  public record Received(List<byte[]> payloads, List<LinkFrame> frames) {}

  private record Kept(long sequence, boolean last, byte[] bytes) {}

  private final long resendNanos;

  /** Sent and not known to have arrived, then not sent yet, by number. */
  private final Deque<Kept> kept = new ArrayDeque<>();

  private long nextSequence;
  private long sentUpTo;
  private long quietSinceNanos;
  private int resends;

  private final TreeMap<Long, LinkFrame> early = new TreeMap<>();
  private final ByteArrayOutputStream partial = new ByteArrayOutputStream();
  private long expected;
  private long told;
  private long askedFor = -1;

  private long sentCount;
  private long resentCount;
  private long askedCount;
  private long duplicateCount;

  /**
   * @param resendNanos after so long without a word about what was sent it is sent again; then
   *     after twice as long, up to eight times
   */
  public ReliableLink(long resendNanos) {
    this.resendNanos = resendNanos;
  }

  /** Takes a payload; returns the frames that may go now. */
  public List<LinkFrame> send(byte[] payload, long nowNanos) {
    if (kept.isEmpty()) {
      quietSinceNanos = nowNanos;
    }
    int from = 0;
    do {
      int until = Math.min(payload.length, from + MOST_BYTES);
      boolean whole = from == 0 && until == payload.length;
      byte[] bytes = whole ? payload : Arrays.copyOfRange(payload, from, until);
      kept.add(new Kept(nextSequence++, until == payload.length, bytes));
      from = until;
    } while (from < payload.length);
    return release();
  }

  private List<LinkFrame> release() {
    long limit = Math.min(nextSequence, firstKept() + MOST_UNDER_WAY);
    if (sentUpTo >= limit) {
      return List.of();
    }
    List<LinkFrame> frames = new ArrayList<>();
    for (Kept one : kept) {
      if (one.sequence >= sentUpTo && one.sequence < limit) {
        frames.add(frame(one));
      }
    }
    sentUpTo = limit;
    return frames;
  }

  private long firstKept() {
    return kept.isEmpty() ? nextSequence : kept.peek().sequence;
  }

  private LinkFrame frame(Kept one) {
    told = expected;
    sentCount++;
    return new LinkFrame(one.sequence, one.last, expected, false, one.bytes);
  }

  /** Takes a frame of the other end. */
  public Received receive(LinkFrame frame, long nowNanos) {
    List<LinkFrame> frames = new ArrayList<>(acknowledged(frame, nowNanos));
    List<byte[]> payloads = List.of();
    if (frame.carries()) {
      if (frame.sequence() < expected) {
        duplicateCount++;
        // it may not know that we have it
        told = -1;
      } else if (frame.sequence() > expected) {
        if (early.size() < MOST_EARLY && early.putIfAbsent(frame.sequence(), frame) != null) {
          duplicateCount++;
        }
        if (askedFor != expected) {
          askedFor = expected;
          told = expected;
          askedCount++;
          frames.add(new LinkFrame(-1, false, expected, true, LinkFrame.NOTHING));
        }
      } else {
        payloads = take(frame);
      }
    }
    return new Received(payloads, frames);
  }

  private List<LinkFrame> acknowledged(LinkFrame frame, long nowNanos) {
    if (frame.expected() > nextSequence) {
      throw new BrokenInvariant(
          "the other end has frames up to %d of %d".formatted(frame.expected(), nextSequence));
    }
    boolean progress = false;
    while (!kept.isEmpty() && kept.peek().sequence < frame.expected()) {
      kept.remove();
      progress = true;
    }
    if (progress) {
      quietSinceNanos = nowNanos;
      resends = 0;
    }
    sentUpTo = Math.max(sentUpTo, firstKept());
    List<LinkFrame> frames = new ArrayList<>();
    if (frame.missing() && !kept.isEmpty() && kept.peek().sequence == frame.expected()) {
      resentCount++;
      frames.add(frame(kept.peek()));
    }
    frames.addAll(release());
    return frames;
  }

  private List<byte[]> take(LinkFrame first) {
    List<byte[]> payloads = new ArrayList<>(1);
    for (LinkFrame next = first; next != null; next = early.remove(expected)) {
      expected++;
      if (next.last() && partial.size() == 0) {
        payloads.add(next.bytes());
      } else {
        partial.writeBytes(next.bytes());
        if (next.last()) {
          payloads.add(partial.toByteArray());
          partial.reset();
        }
      }
    }
    return payloads;
  }

  /** To be called now and then: what is due because the other end was not heard, or must be told. */
  public List<LinkFrame> tick(long nowNanos) {
    if (!kept.isEmpty() && nowNanos - quietSinceNanos >= resendNanos << Math.min(resends, 3)) {
      resends++;
      return again(nowNanos);
    }
    if (!early.isEmpty() && askedFor == expected) {
      // the answer may be lost as well
      askedFor = -1;
    }
    if (told != expected) {
      told = expected;
      askedCount += early.isEmpty() ? 0 : 1;
      return List.of(new LinkFrame(-1, false, expected, !early.isEmpty(), LinkFrame.NOTHING));
    }
    return List.of();
  }

  /** What was sent and is not known to have arrived: to be sent at once where nothing was carried before. */
  public List<LinkFrame> again(long nowNanos) {
    quietSinceNanos = nowNanos;
    List<LinkFrame> frames = new ArrayList<>();
    for (Kept one : kept) {
      if (one.sequence < sentUpTo) {
        frames.add(frame(one));
      }
    }
    resentCount += frames.size();
    return frames;
  }

  /** Whether everything that was sent is known to have arrived. */
  public boolean settled() {
    return kept.isEmpty();
  }

  /** What has happened so far. */
  public LinkCounts counts() {
    return new LinkCounts(sentCount, resentCount, askedCount, duplicateCount);
  }
}
