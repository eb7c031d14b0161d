package stillpoint.kernel.report;

import java.util.Locale;

/** How a run ended. {@link VerdictLadder} has the precedence: one hang gives one verdict. */
public enum Verdict {
  /** A set of CPUs wait for each other and no event can ever end it. */
  DEADLOCK,
  /** A CPU waits for a message that no longer exists. */
  LOST_MESSAGE,
  /** Events go on, nothing gets done. */
  LIVELOCK,
  /** A detector fired; no proof. */
  LOCKUP,
  /** Code ran that memory no longer held, after the flush that had to prevent it; or old and new words in one pass. */
  UNDEFINED_EXECUTION,
  /** A guest program trapped or computed a wrong result. */
  GUEST_FAULT,
  /** Nothing worse than kernel warnings. */
  WARNINGS,
  /** All work done, nothing to say. */
  HEALTHY,
  /** The scenario's own limit of virtual time ended it. */
  LIMIT_REACHED;

  /** As in scenario files and JSON: lower case with {@code -}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
