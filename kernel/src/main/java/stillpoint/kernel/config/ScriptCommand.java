package stillpoint.kernel.config;

/**
 * A line of a scenario's script: what somebody types at a shell on a CPU at a time.
 *
 * @param atNanos virtual time since reset, 0 or more
 * @param cpu where the shell runs
 * @param line the line as written
 * @param action what the line means
 */
public record ScriptCommand(long atNanos, int cpu, String line, Action action) {
  /** What the guest's shell can do. */
  public enum Action {
    /** {@code echo function > /debug/tracing/current_tracer}. */
    ENABLE_FUNCTION_TRACER,
    /** {@code echo nop > /debug/tracing/current_tracer}. */
    DISABLE_TRACER,
    /** {@code cat /debug/tracing/trace}. */
    SHOW_TRACE,
    /** {@code dmesg}. */
    SHOW_KERNEL_LOG,
    /** {@code rmmod dummy}: takes a module away, which waits for a grace period of RCU. */
    REMOVE_MODULE;

    /** Whether the line writes to {@code current_tracer}. */
    public boolean changesTracer() {
      return this == ENABLE_FUNCTION_TRACER || this == DISABLE_TRACER;
    }
  }
}
