package stillpoint.kernel.watch;

import java.util.Arrays;
import stillpoint.kernel.sched.TaskKind;
import stillpoint.machine.time.StateHash;

/**
 * khungtaskd, for the tasks of one CPU: wakes at multiples of the timeout while a task sleeps uninterruptibly here, and
 * reports those that have slept for the timeout. It gives up after ten reports, as Linux does.
 *
 * <p>Linux has one such thread for the machine, on any CPU that can run it; here it looks at a CPU's tasks on that CPU. A
 * machine in which nobody sleeps so needs no timer for it.
 */
final class HungTaskWatch {
  private static final long AWAKE = -1;

  /** Initial value of {@code kernel.hung_task_warnings}. */
  private static final int WARNINGS = 10;

  private final long timeoutNanos;
  private final long[] asleepSinceNanos = new long[TaskKind.values().length];
  private long nextCheckNanos = Long.MAX_VALUE;
  private int warningsLeft = WARNINGS;

  HungTaskWatch(long timeoutNanos) {
    this.timeoutNanos = timeoutNanos;
    Arrays.fill(asleepSinceNanos, AWAKE);
  }

  /** When it has to look, or {@link Long#MAX_VALUE}. */
  long nextCheckNanos() {
    return nextCheckNanos;
  }

  void fallsAsleep(TaskKind task, long nowNanos) {
    asleepSinceNanos[task.ordinal()] = nowNanos;
    plan(nowNanos);
  }

  void wakes(TaskKind task, long nowNanos) {
    if (asleepSinceNanos[task.ordinal()] != AWAKE) {
      asleepSinceNanos[task.ordinal()] = AWAKE;
      plan(nowNanos);
    }
  }

  /** Looks; bits of {@link TaskKind#wakeBit} of those to report. */
  long check(long nowNanos) {
    long hung = 0;
    for (TaskKind task : TaskKind.values()) {
      long since = asleepSinceNanos[task.ordinal()];
      if (since != AWAKE && nowNanos - since >= timeoutNanos && warningsLeft > 0) {
        hung |= task.wakeBit();
        warningsLeft--;
      }
    }
    plan(nowNanos);
    return hung;
  }

  /** The next multiple of the timeout at which a sleeper will have slept for it. */
  private void plan(long nowNanos) {
    nextCheckNanos = Long.MAX_VALUE;
    for (long since : asleepSinceNanos) {
      if (since != AWAKE && timeoutNanos > 0 && warningsLeft > 0) {
        long earliest = Math.max(since + timeoutNanos, nowNanos + 1);
        nextCheckNanos =
            Math.min(nextCheckNanos, Math.ceilDiv(earliest, timeoutNanos) * timeoutNanos);
      }
    }
  }

  void foldState(StateHash hash) {
    hash.fold(asleepSinceNanos).fold(nextCheckNanos).fold(warningsLeft);
  }
}
