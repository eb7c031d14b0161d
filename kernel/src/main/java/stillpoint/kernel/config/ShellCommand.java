package stillpoint.kernel.config;

/** What a line typed at the guest's shell means. The parser makes them; {@code kernel.shell} runs them. */
public sealed interface ShellCommand {
  /** Whether it may rewrite call sites. */
  default boolean patchesText() {
    return false;
  }

  /**
   * {@code echo function|nop > current_tracer}.
   *
   * @param function whether the function tracer is chosen; else none
   */
  record SetCurrentTracer(boolean function) implements ShellCommand {
    @Override
    public boolean patchesText() {
      return true;
    }
  }

  /** {@code cat} of a file that shows what the kernel knows; reading it changes nothing. */
  record Show(KernelFile file) implements ShellCommand {}

  /** {@code dmesg}. */
  record ShowKernelLog() implements ShellCommand {}

  /** Files that can be shown. */
  enum KernelFile {
    TRACE("/debug/tracing/trace");

    private final String path;

    KernelFile(String path) {
      this.path = path;
    }

    /** With {@code /debug} for {@code /sys/kernel/debug}. */
    public String path() {
      return path;
    }
  }
}
