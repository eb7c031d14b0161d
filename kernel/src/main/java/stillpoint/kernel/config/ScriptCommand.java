package stillpoint.kernel.config;

/**
 * A line of a scenario's script: what somebody types at a shell on a CPU at a time.
 *
 * @param atNanos virtual time since reset, 0 or more
 * @param cpu where the shell runs
 * @param line the line as written
 * @param command what the line means
 */
public record ScriptCommand(long atNanos, int cpu, String line, ShellCommand command) {}
