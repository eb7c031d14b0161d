package stillpoint.console;

/** What the process returns to its caller. Scripts depend on these numbers. */
final class ExitCode {
  /** The expectation was met, or there was none and the verdict is healthy. */
  static final int OK = 0;

  /** Any other end of a run. */
  static final int NOT_MET = 1;

  /** Wrong input: command line, scenario, guest program. */
  static final int USER_ERROR = 2;

  /** Nodes are not there, or were lost beyond recovery. */
  static final int LOST_NODE = 3;

  /** The simulator broke one of its own rules. */
  static final int BROKEN_INVARIANT = 5;

  private ExitCode() {}
}
