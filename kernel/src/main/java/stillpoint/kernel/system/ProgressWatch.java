package stillpoint.kernel.system;

import stillpoint.kernel.cpu.CpuReport;

/**
 * Tells a livelock from slow progress: events go on, CPUs are busy, but no task returns from a function and no guest ends a
 * pass for a second of virtual time. A CPU in the middle of one long piece of work makes progress. Plain data.
 */
final class ProgressWatch {
  static final long LIMIT_NANOS = 1_000_000_000;

  private final long limitCycles;

  /** By CPU: what it has got done, and whether it waits for an interrupt. */
  private final long[] progress;

  private final boolean[] idle;
  private long sum;
  private int busyCount;

  /** Until then some CPU is in one piece of work. */
  private long atWorkUntilCycle;

  private long lastSum = -1;
  private long lastProgressCycle;

  ProgressWatch(int cpus, long limitCycles) {
    this.limitCycles = limitCycles;
    this.progress = new long[cpus];
    this.idle = new boolean[cpus];
    this.busyCount = cpus;
  }

  /** Takes the new report of a CPU. */
  void accept(CpuReport cpu) {
    CpuReport.Activity activity = cpu.activity();
    sum += activity.progress() - progress[cpu.cpu()];
    progress[cpu.cpu()] = activity.progress();
    if (activity.idle() != idle[cpu.cpu()]) {
      idle[cpu.cpu()] = activity.idle();
      busyCount += activity.idle() ? -1 : 1;
    }
    atWorkUntilCycle = Math.max(atWorkUntilCycle, activity.busyUntilCycle());
  }

  /** Looks at a cut; whether nothing has got done for too long. */
  boolean nothingGetsDone(long cycle) {
    boolean atWork = atWorkUntilCycle > cycle + limitCycles / 1000;
    if (sum != lastSum || busyCount == 0 || atWork) {
      lastSum = sum;
      lastProgressCycle = cycle;
    }
    return cycle - lastProgressCycle >= limitCycles;
  }
}
