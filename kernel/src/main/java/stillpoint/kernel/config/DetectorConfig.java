package stillpoint.kernel.config;

/**
 * The guest kernel's own lockup detectors, {@code kernel.detectors} of a scenario. Times are virtual nanoseconds; 0 turns
 * a detector off, as writing 0 to the sysctl does.
 *
 * @param watchdogThreshNanos {@code kernel.watchdog_thresh}: a soft lockup is reported after twice this, a hard one after
 *     once
 * @param hardLockup the hard lockup detector is built in; it needs a board with an NMI besides
 * @param rcuStallTimeoutNanos {@code rcupdate.rcu_cpu_stall_timeout}
 * @param hungTaskTimeoutNanos {@code kernel.hung_task_timeout_secs}
 * @param csdLockDebug {@code csdlock_debug=1} on the command line
 * @param csdLockTimeoutNanos {@code smp.csd_lock_timeout}, more than 0
 */
public record DetectorConfig(
    long watchdogThreshNanos,
    boolean hardLockup,
    long rcuStallTimeoutNanos,
    long hungTaskTimeoutNanos,
    boolean csdLockDebug,
    long csdLockTimeoutNanos) {
  private static final long SECOND = 1_000_000_000;

  /** What Linux does unless told otherwise. */
  public static final DetectorConfig LINUX =
      new DetectorConfig(10 * SECOND, true, 21 * SECOND, 120 * SECOND, false, 5 * SECOND);

  public DetectorConfig {
    if (watchdogThreshNanos < 0
        || rcuStallTimeoutNanos < 0
        || hungTaskTimeoutNanos < 0
        || csdLockTimeoutNanos <= 0) {
      throw new IllegalArgumentException("a detector's time is negative, or 0 where none may be");
    }
  }
}
