package stillpoint.machine.time;

import java.util.Arrays;

/**
 * Since when each process of a shard has been blocked, and the earliest of these cycles; found anew
 * only when needed.
 */
final class BlockedProcesses {
  private final long[] since;
  private long earliest = LogicalProcess.NEVER;
  private boolean known = true;

  BlockedProcesses(int size) {
    since = new long[size];
    Arrays.fill(since, LogicalProcess.NEVER);
  }

  void set(int index, long cycle) {
    long before = since[index];
    if (cycle == before) {
      return;
    }
    since[index] = cycle;
    if (cycle <= earliest) {
      earliest = cycle;
    } else if (before == earliest) {
      known = false;
    }
  }

  /** The earliest cycle, or NEVER if nobody is blocked. */
  long earliest() {
    if (!known) {
      earliest = LogicalProcess.NEVER;
      for (long cycle : since) {
        earliest = Math.min(earliest, cycle);
      }
      known = true;
    }
    return earliest;
  }
}
