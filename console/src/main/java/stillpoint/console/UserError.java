package stillpoint.console;

/** The user asked for something that cannot be done: one clear line, exit 2. */
final class UserError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UserError(String line) {
    super(line, null, false, false);
  }
}
