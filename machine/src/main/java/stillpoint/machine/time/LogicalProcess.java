package stillpoint.machine.time;

/**
 * One part of the simulated machine with its own state and its own clock: a CPU, a slice of an interrupt controller or
 * of the fabric, a device. It meets the others only in timestamped events.
 *
 * <p>The engine calls it so, and nobody else does: events in the total order (arrival cycle, sender, sender's sequence
 * number) through {@link #handle}; between them {@link #run} for what the process does on its own (instructions, timers).
 * At one cycle, events come before own activity. Equal calls always give equal states and outputs.
 */
public interface LogicalProcess {
  /** No own activity until some event comes. */
  long NEVER = Long.MAX_VALUE;

  /** Handles one event. {@code cycle} never goes backwards, over both {@code handle} and {@code run}. */
  void handle(long cycle, int sender, Message message, Outbox outbox);

  /**
   * Does what the process does on its own at cycles {@code nextOwnCycle() <= c < untilCycle}. Called only if {@code
   * nextOwnCycle() < untilCycle}; afterwards {@code nextOwnCycle() >= untilCycle}.
   */
  void run(long untilCycle, Outbox outbox);

  /** Cycle of the next own activity, or {@link #NEVER}. */
  long nextOwnCycle();

  /**
   * Cycle of the latest own activity. How {@link #run} was cut into pieces must not show in it: who does things at more
   * than one cycle in one call says here which was the last. -1 from others; then the cycle of the call counts.
   */
  default long lastOwnCycle() {
    return -1;
  }

  /**
   * The cycle since which this process has waited for another one without being able to do anything else (a CPU that
   * spins, say), or {@link #NEVER}. Supervisors look closer when it lasts.
   */
  default long blockedSince() {
    return NEVER;
  }

  /**
   * Its state as a record, for supervisors at a cut. Who has neither handled an event nor run since is not asked again, so
   * it says nothing that would change by time alone. Changes nothing that the process does or that the digest sees; what it
   * recorded for observers since it was last inspected it may hand over and forget.
   */
  Report inspect(long cycle);

  /** Folds the whole architectural state, for the digest. Changes nothing. */
  void foldState(StateHash hash);
}
