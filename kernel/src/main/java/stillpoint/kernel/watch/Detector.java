package stillpoint.kernel.watch;

import java.util.Locale;

/** The guest kernel's detectors. */
public enum Detector {
  /** A CPU's highest-priority task could not run for twice watchdog_thresh. */
  SOFT_LOCKUP,
  /** A CPU took no timer interrupt for watchdog_thresh. */
  HARD_LOCKUP,
  /** A CPU passed no quiescent state for long while a grace period was in progress. */
  RCU_STALL,
  /** A task slept uninterruptibly for long. */
  HUNG_TASK,
  /** A csd was not released for long. */
  CSD_LOCK;

  /** As in reports. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
