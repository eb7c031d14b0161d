package stillpoint.kernel.shell;

/** What a shell command's kernel function returns: what it read, 0 or more, or a negative error number. */
public final class CommandStatus {
  private CommandStatus() {}

  public static final long OK = 0;

  /** -EINVAL. */
  public static final long INVALID_ARGUMENT = -22;

  /** -EBUSY. */
  public static final long BUSY = -16;

  /** What {@code modprobe} prints of it. */
  public static String moduleError(String module, long status) {
    String reason = status == BUSY ? "Device or resource busy" : "error " + -status;
    return "modprobe: ERROR: could not insert '" + module + "': " + reason;
  }

  /** What the shell prints of it, as bash words it. */
  public static String writeError(long status) {
    if (status == INVALID_ARGUMENT) {
      return "-bash: echo: write error: Invalid argument";
    }
    return "-bash: echo: write error: error " + -status;
  }
}
