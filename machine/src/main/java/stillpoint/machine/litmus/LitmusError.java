package stillpoint.machine.litmus;

/** Something wrong with a litmus file; the message is one line that says what and what would do. */
public final class LitmusError extends Exception {
  private static final long serialVersionUID = 1L;

  private final int line;

  public LitmusError(int line, String what) {
    super(what.replaceAll("[\\p{Cntrl}\u2028\u2029]", " "), null, false, false);
    this.line = line;
  }

  /** Line of the file, from 1. */
  public int line() {
    return line;
  }
}
