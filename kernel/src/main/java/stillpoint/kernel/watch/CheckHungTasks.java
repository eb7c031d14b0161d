package stillpoint.kernel.watch;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.cpu.StoreKind;
import stillpoint.kernel.sched.TaskKind;

/** khungtaskd's look at the tasks of this CPU. The whole machine reports ten times, then no more, as Linux does. */
record CheckHungTasks() implements Frame {
  /** Initial value of {@code kernel.hung_task_warnings}. */
  static final int MOST_REPORTS = 10;

  @Override
  public String function() {
    return "check_hung_uninterruptible_tasks";
  }

  @Override
  public Step step(KernelCpu cpu) {
    long variable = cpu.memory().hungTaskReports();
    if (cpu.lacksUpdate(StoreKind.PLAIN, variable)) {
      return Step.stall(StoreKind.PLAIN, variable);
    }
    long nowNanos = cpu.nanosAt(cpu.clock());
    HungTaskWatch watch = cpu.detectors().hungTasks();
    long hung = watch.check(nowNanos);
    long reports = cpu.load(variable);
    int cycles = Costs.CALL;
    for (TaskKind task : TaskKind.values()) {
      if ((hung & task.wakeBit()) != 0 && reports < MOST_REPORTS) {
        reports++;
        report(cpu, task, watch.blockedNanos(task, nowNanos) / 1_000_000_000);
        cycles += 3 * Costs.PRINTK;
      }
    }
    cpu.store(StoreKind.PLAIN, variable, reports);
    if (reports >= MOST_REPORTS) {
      watch.silence();
    }
    return cpu.detectors().rcu().watches()
        ? Step.next(RcuSchedClockIrq.call(), cycles)
        : Step.done(cycles);
  }

  private static void report(KernelCpu cpu, TaskKind task, long seconds) {
    String who = cpu.detectors().nameAndPid(cpu, task);
    cpu.printkLockup(
        Detector.HUNG_TASK,
        "INFO: task %s blocked for more than %d seconds.".formatted(who, seconds));
    cpu.printk("      Not tainted");
    cpu.printk("\"echo 0 > /proc/sys/kernel/hung_task_timeout_secs\" disables this message.");
  }
}
