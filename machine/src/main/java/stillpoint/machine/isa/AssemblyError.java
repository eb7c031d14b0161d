package stillpoint.machine.isa;

/**
 * A mistake in assembly source. The message is one line that names the source line and what is
 * wrong with it.
 */
public final class AssemblyError extends RuntimeException {
  public AssemblyError(int line, String what) {
    super("line " + line + ": " + what);
  }
}
