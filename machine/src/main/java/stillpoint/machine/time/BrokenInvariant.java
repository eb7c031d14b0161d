package stillpoint.machine.time;

/**
 * The simulator met a state that its own rules exclude. Never the user's fault and never the guest's; it stops the run
 * (exit 5) with a report that holds the replay line.
 */
public final class BrokenInvariant extends RuntimeException {
  public BrokenInvariant(String what) {
    super(what);
  }

  public BrokenInvariant(String what, Throwable cause) {
    super(what, cause);
  }
}
