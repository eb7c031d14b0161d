package stillpoint.kernel.shell;

/** What a shell command's kernel function returns: what it read, 0 or more, or a negative error number. */
public final class CommandStatus {
  private CommandStatus() {}

  public static final long OK = 0;

  /** -EINVAL. */
  public static final long INVALID_ARGUMENT = -22;

  /** -ENOENT: the file, or something in the way to it, does not exist. */
  public static final long NO_ENTRY = -2;

  /** -EACCES: the file does not exist and cannot be made. */
  public static final long ACCESS_DENIED = -13;

  /** -EBUSY. */
  public static final long BUSY = -16;

  /** No error of the kernel's: nobody could type the line, the CPU being offline. */
  public static final long CPU_OFFLINE = -100_000;

  /** What {@code modprobe} prints of it. */
  public static String moduleError(String module, long status) {
    String reason =
        switch ((int) status) {
          case (int) BUSY -> "Device or resource busy";
          // kmod's words for it, whatever the module meant
          case (int) NO_ENTRY -> "Unknown symbol in module, or unknown parameter (see dmesg)";
          default -> "error " + -status;
        };
    return "modprobe: ERROR: could not insert '" + module + "': " + reason;
  }

  /** What the shell prints of an error that writing met, as bash words it. */
  public static String writeError(long status) {
    if (status == INVALID_ARGUMENT) {
      return "-bash: echo: write error: Invalid argument";
    }
    if (status == BUSY) {
      return "-bash: echo: write error: Device or resource busy";
    }
    return "-bash: echo: write error: error " + -status;
  }

  /** The same, of an error that opening the file may have met. */
  public static String openOrWriteError(String path, long status) {
    if (status == NO_ENTRY) {
      return "-bash: " + path + ": No such file or directory";
    }
    if (status == ACCESS_DENIED) {
      return "-bash: " + path + ": Permission denied";
    }
    return writeError(status);
  }
}
