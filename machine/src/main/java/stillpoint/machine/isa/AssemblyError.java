package stillpoint.machine.isa;

/**
 * A mistake in assembly source. The message is one line that names the source line and what is
 * wrong with it.
 */
public final class AssemblyError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int line;
  private final String what;

  public AssemblyError(int line, String what) {
    super("line " + line + ": " + oneLine(what), null, false, false);
    this.line = line;
    this.what = oneLine(what);
  }

  /** Source quoted in a message may hold control characters. */
  private static String oneLine(String what) {
    return what.replaceAll("[\\p{Cntrl}\u2028\u2029]", " ");
  }

  /** Line of the source, from 1. */
  public int line() {
    return line;
  }

  /** What is wrong there, without the place. */
  public String what() {
    return what;
  }
}
