package stillpoint.kernel.watch;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.KernelCpu;

/**
 * What a preemptible kernel prints when code that must not sleep does. Each returns the cycles that it took. Without a
 * preempt count there is nothing to see, and nothing is printed.
 */
public final class AtomicChecks {
  private AtomicChecks() {}

  /** might_sleep(), in front of a lock that may sleep. */
  public static int mightSleep(KernelCpu cpu, String file, int line) {
    if (cpu.irqsOn() && cpu.current().preemptCount() == 0) {
      return 0;
    }
    cpu.printkWarning(
        "BUG: sleeping function called from invalid context at %s:%d".formatted(file, line));
    return Costs.PRINTK;
  }

  /**
   * __schedule_bug(), when a task gives up its CPU with preemption off.
   *
   * @param comm the task's name
   * @param pid its process id
   */
  public static int scheduling(KernelCpu cpu, String comm, long pid) {
    int count = cpu.current().preemptCount();
    cpu.printkWarning("BUG: scheduling while atomic: %s/%d/0x%08x".formatted(comm, pid, count));
    return Costs.PRINTK;
  }
}
