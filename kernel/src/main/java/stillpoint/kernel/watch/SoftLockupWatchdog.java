package stillpoint.kernel.watch;

import stillpoint.machine.time.StateHash;

/**
 * The soft lockup watchdog of one CPU, as in Linux's kernel/watchdog.c. Each sample (2/5 of watchdog_thresh, on a tick)
 * queues a work for the stopper thread, the highest-priority task there is; when that runs, it notes the time. A sample that
 * finds the note older than the limit, twice watchdog_thresh, reports a lockup, and again after each further limit.
 *
 * <p>Times are compared as Linux does, in units of 2^30 ns, which it takes for seconds. The serial console touches the
 * watchdog of the CPU that writes to it, so after each line of the log, its own report included, the limit begins anew at
 * the next sample; that is why reports come 7 to 9 seconds apart with a limit of 6. Which of them depends on where the samples
 * fall in the coarse seconds, so on the time since boot at which the watchdog was started and at which the CPU got stuck.
 *
 * <p>Linux knows whole seconds only. A watchdog_thresh of whole milliseconds, microseconds or nanoseconds is read as so many
 * seconds of a machine on which all is a thousand times shorter, or a million, or a thousand million.
 */
final class SoftLockupWatchdog {
  /** What Linux takes for a second. */
  private static final long SECOND_NANOS = 1L << 30;

  private static final long NANOS_A_SECOND = 1_000_000_000;

  /** A sample that has nothing to report. */
  static final long NOT_STUCK = -1;

  private final long startNanos;
  private final long samplePeriodNanos;
  private final long unitNanos;
  private final long limitUnits;
  private long nextSampleNanos;
  private long touchedUnit;
  private long limitFromUnit;
  private boolean touchedByConsole;
  private boolean workQueued;
  private long samples;

  /**
   * @param threshNanos watchdog_thresh; 0: never samples
   * @param nowNanos when it is started
   */
  SoftLockupWatchdog(long threshNanos, long nowNanos) {
    long scale = scaleOf(threshNanos);
    this.startNanos = nowNanos;
    this.samplePeriodNanos = Math.max(1, threshNanos * 2 / 5);
    this.unitNanos = SECOND_NANOS / scale;
    this.limitUnits = 2 * (threshNanos / (NANOS_A_SECOND / scale));
    this.nextSampleNanos = threshNanos == 0 ? Long.MAX_VALUE : nowNanos + samplePeriodNanos;
    stopperRan(nowNanos);
  }

  /** 1, 10^3, 10^6 or 10^9: how many of the units in which {@code threshNanos} is whole are a second. */
  private static long scaleOf(long threshNanos) {
    long scale = 1;
    while (threshNanos % (NANOS_A_SECOND / scale) != 0) {
      scale *= 1000;
    }
    return scale;
  }

  boolean sampleDue(long nowNanos) {
    return nowNanos >= nextSampleNanos;
  }

  /** Number of samples taken. */
  long samples() {
    return samples;
  }

  /**
   * Takes the sample that is due; missed ones are not made up for.
   *
   * @return seconds that the CPU has been stuck for, as Linux prints them, or {@link #NOT_STUCK}
   */
  long sample(long nowNanos) {
    samples++;
    skipTo(nowNanos);
    workQueued = true;
    long now = unit(nowNanos);
    if (touchedByConsole) {
      touchedByConsole = false;
      limitFromUnit = now;
      return NOT_STUCK;
    }
    if (now <= limitFromUnit + limitUnits) {
      return NOT_STUCK;
    }
    limitFromUnit = now;
    return (now - touchedUnit) * unitNanos / SECOND_NANOS;
  }

  /** The next sample comes after {@code nowNanos}. */
  private void skipTo(long nowNanos) {
    if (sampleDue(nowNanos)) {
      long since = nowNanos - startNanos;
      nextSampleNanos = startNanos + (since / samplePeriodNanos + 1) * samplePeriodNanos;
    }
  }

  /** The stopper thread could run: its work, if one is queued, is done. */
  void stopperCouldRun(long nowNanos) {
    if (workQueued) {
      stopperRan(nowNanos);
    }
  }

  /** While the CPU was idle its samples found nothing; no ticks were needed to know that. */
  void wasIdle(long nowNanos) {
    skipTo(nowNanos);
    stopperRan(nowNanos);
  }

  private void stopperRan(long nowNanos) {
    workQueued = false;
    touchedUnit = unit(nowNanos);
    limitFromUnit = touchedUnit;
  }

  /** touch_nmi_watchdog() of the serial console's driver. */
  void consoleWrote() {
    touchedByConsole = true;
  }

  private long unit(long nanos) {
    return nanos / unitNanos;
  }

  void foldState(StateHash hash) {
    hash.fold(nextSampleNanos).fold(touchedUnit).fold(limitFromUnit);
    hash.fold(touchedByConsole).fold(workQueued).fold(samples);
  }
}
