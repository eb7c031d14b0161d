package stillpoint.kernel.system;

import java.util.List;
import stillpoint.kernel.cpu.CpuReport;

/**
 * Tells a livelock from slow progress: events go on, CPUs are busy, but no task returns from a function and no guest ends a
 * pass for a second of virtual time. A CPU in the middle of one long piece of work makes progress.
 */
final class ProgressWatch {
  static final long LIMIT_NANOS = 1_000_000_000;

  private final long limitCycles;
  private long progress = -1;
  private long progressCycle;

  ProgressWatch(long limitCycles) {
    this.limitCycles = limitCycles;
  }

  /** Looks at a cut; whether nothing has got done for too long. */
  boolean nothingGetsDone(long cycle, List<CpuReport> cpus) {
    long sum = 0;
    boolean busy = false;
    boolean atWork = false;
    for (CpuReport cpu : cpus) {
      sum += cpu.activity().progress();
      busy |= !cpu.activity().idle();
      atWork |= cpu.activity().busyUntilCycle() > cycle + limitCycles / 1000;
    }
    if (sum != progress || !busy || atWork) {
      progress = sum;
      progressCycle = cycle;
    }
    return cycle - progressCycle >= limitCycles;
  }
}
