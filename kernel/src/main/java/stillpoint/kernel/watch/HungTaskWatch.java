package stillpoint.kernel.watch;

import java.util.Arrays;
import stillpoint.kernel.sched.TaskKind;
import stillpoint.machine.time.StateHash;

/**
 * What khungtaskd knows of the tasks of one CPU. It wakes at multiples of the timeout. A check that finds a task in an
 * uninterruptible sleep notes it; a later one that finds it still in the same sleep reports it when the timeout has gone by
 * since the note, and each check after that reports it again. So the first report comes one to two timeouts after the task fell
 * asleep.
 *
 * <p>Linux has one such thread for the machine, on any CPU that can run it; here a CPU's tasks are looked at on that CPU
 * (docs/decisions/0017-khungtaskd-on-each-cpu.md). A machine in which nobody sleeps so needs no timer for it.
 */
final class HungTaskWatch {
  private static final long AWAKE = -1;

  private final long timeoutNanos;
  private final long[] asleepSinceNanos = new long[TaskKind.values().length];
  private long nextCheckNanos = Long.MAX_VALUE;
  private boolean silenced;

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
      if (since != AWAKE && nowNanos >= notedNanos(since) + timeoutNanos) {
        hung |= task.wakeBit();
      }
    }
    plan(nowNanos);
    return hung;
  }

  /** How long a task that {@link #check} has just reported has been known to sleep: whole timeouts. */
  long blockedNanos(TaskKind task, long nowNanos) {
    return nowNanos / timeoutNanos * timeoutNanos - notedNanos(asleepSinceNanos[task.ordinal()]);
  }

  /** No more reports are wanted from the whole machine: it need not look again. */
  void silence() {
    silenced = true;
    nextCheckNanos = Long.MAX_VALUE;
  }

  /** The check that first finds a task that fell asleep at {@code sinceNanos}. */
  private long notedNanos(long sinceNanos) {
    return Math.ceilDiv(sinceNanos, timeoutNanos) * timeoutNanos;
  }

  /** The next check that will report a sleeper. */
  private void plan(long nowNanos) {
    nextCheckNanos = Long.MAX_VALUE;
    for (long since : asleepSinceNanos) {
      if (since != AWAKE && timeoutNanos > 0 && !silenced) {
        long next = (nowNanos / timeoutNanos + 1) * timeoutNanos;
        nextCheckNanos = Math.min(nextCheckNanos, Math.max(notedNanos(since) + timeoutNanos, next));
      }
    }
  }

  void foldState(StateHash hash) {
    hash.fold(asleepSinceNanos).fold(nextCheckNanos).fold(silenced);
  }
}
