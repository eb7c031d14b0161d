package stillpoint.kernel.fault;

import java.util.Optional;

/**
 * When a fault strikes. It is armed at a time, or some time after a moment of the CPU that decides; armed, it strikes what
 * matches it, or, if it is of a kind that waits for nothing, at once and once.
 *
 * @param fromNanos when it is armed: virtual time since reset, or since the moment; 0 or more
 * @param forNanos how long it stays armed; {@link #EVER} for ever
 * @param when the moment, or empty: reset
 * @param nth the one match that it strikes, counted from 1 by each process that decides, while it is armed; of a kind that
 *     strikes once, the occurrence of the moment. 0: each match, and the first occurrence
 * @param probability that it strikes when it could, 0 .. 1; drawn by each process that decides from a generator of its own
 */
public record Trigger(
    long fromNanos, long forNanos, Optional<Moment> when, long nth, double probability) {
  /** A span of time without end. */
  public static final long EVER = Long.MAX_VALUE;

  /** From reset on, each time. */
  public static final Trigger ALWAYS = new Trigger(0, EVER, Optional.empty(), 0, 1);

  /** Once, at a time. */
  public static Trigger at(long nanos) {
    return new Trigger(nanos, EVER, Optional.empty(), 0, 1);
  }

  /** The nth match. */
  public static Trigger nth(long nth) {
    return new Trigger(0, EVER, Optional.empty(), nth, 1);
  }

  public Trigger {
    if (fromNanos < 0 || forNanos <= 0 || nth < 0 || !(probability >= 0 && probability <= 1)) {
      throw new IllegalArgumentException("a trigger from " + fromNanos + " ns, nth " + nth);
    }
  }
}
