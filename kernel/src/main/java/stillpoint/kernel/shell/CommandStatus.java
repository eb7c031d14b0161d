package stillpoint.kernel.shell;

/** What a shell command's kernel function returns: what it read, 0 or more, or a negative error number. */
public final class CommandStatus {
  private CommandStatus() {}

  public static final long OK = 0;

  /** -EINVAL. */
  public static final long INVALID_ARGUMENT = -22;

  /** What the shell prints of it, as bash words it. */
  public static String writeError(long status) {
    if (status == INVALID_ARGUMENT) {
      return "-bash: echo: write error: Invalid argument";
    }
    return "-bash: echo: write error: error " + -status;
  }
}
