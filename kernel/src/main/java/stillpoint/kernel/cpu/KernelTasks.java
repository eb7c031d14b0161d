package stillpoint.kernel.cpu;

import java.util.Locale;
import stillpoint.kernel.config.KernelConfig;
import stillpoint.kernel.sched.Task;
import stillpoint.kernel.sched.TaskKind;
import stillpoint.kernel.system.Shared;
import stillpoint.kernel.watch.Detectors;
import stillpoint.machine.l1.DataCache;
import stillpoint.machine.l1.InstructionCache;
import stillpoint.machine.time.StateHash;

/** The part of {@link KernelCpu} that is the scheduler's: tasks, irq flags, preemption. */
abstract class KernelTasks extends KernelCaches {
  private final Task[] tasks = new Task[TaskKind.values().length];
  private Task current;
  private boolean needResched;
  private boolean irqsOn = true;
  private long irqsOffSince = -1;

  KernelTasks(int cpu, Shared shared, DataCache l1d, InstructionCache l1i) {
    super(cpu, shared, l1d, l1i);
    for (TaskKind kind : TaskKind.values()) {
      boolean guest = kind == TaskKind.GUEST && shared.setup().guest().runOn().contains(cpu);
      tasks[kind.ordinal()] = new Task(kind, kind == TaskKind.IDLE || guest);
    }
    this.current = task(TaskKind.IDLE);
  }

  /** This CPU's part of the kernel's lockup detectors. */
  public abstract Detectors detectors();

  /** A line into the kernel log that is one of the report's warnings too. */
  public abstract void printkWarning(String text);

  /** Value that the callee returned. */
  public long returned() {
    return current.returned();
  }

  void setReturned(long value) {
    current.setReturned(value);
  }

  public boolean irqsOn() {
    return irqsOn;
  }

  /** Cycle at which irqs went off, or -1. */
  public long irqsOffSince() {
    return irqsOffSince;
  }

  public void irqsOff() {
    if (irqsOn) {
      irqsOn = false;
      irqsOffSince = cycle;
    }
  }

  public void irqsOn(boolean on) {
    if (on) {
      irqsOn = true;
      irqsOffSince = -1;
    } else {
      irqsOff();
    }
  }

  public void preemptDisable() {
    current.addPreemptCount(1);
  }

  public void preemptEnable() {
    current.addPreemptCount(-1);
  }

  public Task current() {
    return current;
  }

  public Task task(TaskKind kind) {
    return tasks[kind.ordinal()];
  }

  /** Makes a task of this CPU runnable; it preempts what has a lower priority when that may be preempted. */
  public void wakeHere(TaskKind kind) {
    task(kind).wake();
    detectors().wakes(kind, cycle);
    if (kind.compareTo(current.kind()) > 0) {
      needResched = true;
    }
  }

  boolean mayPreempt() {
    if (!needResched || !irqsOn || current.preemptCount() != 0) {
      return false;
    }
    return config().preempt() == KernelConfig.Preempt.FULL
        || current.kind() == TaskKind.IDLE
        || !current.runnable();
  }

  /** Whether a task of higher priority is due to run here. */
  public boolean needResched() {
    return needResched;
  }

  /** Switches to the runnable task of the highest priority; the idle task is always runnable. */
  boolean schedule() {
    reportIfAtomic();
    needResched = false;
    Task next = current;
    for (Task task : tasks) {
      if (task.runnable()) {
        next = task;
      }
    }
    boolean switched = next != current;
    if (switched) {
      current.leaves(cycle);
    }
    current = next;
    return switched;
  }

  /** Only a kernel that can be preempted anywhere counts where it must not be. */
  private boolean countsPreemption() {
    return config().preempt() == KernelConfig.Preempt.FULL;
  }

  /** Whether the current task may not sleep here, as far as this kernel can tell. */
  public boolean inAtomic() {
    return countsPreemption() && current.preemptCount() != 0;
  }

  /**
   * schedule() adds 1 itself. It finds another count than that 1 wrong, says so, and goes on with a right one; what was
   * still to be given back then makes the count wrong in the other direction.
   */
  private void reportIfAtomic() {
    if (inAtomic()) {
      printkWarning(
          String.format(
              Locale.ROOT,
              "BUG: scheduling while atomic: %s/%d/0x%08x",
              current.kind().nameOn(cpu),
              current.kind().pidOn(cpu, map().cpuCount()),
              current.preemptCount() + 1));
      current.resetPreemptCount();
    }
  }

  void foldTasks(StateHash hash) {
    for (Task task : tasks) {
      task.foldState(hash);
    }
    hash.fold(current.kind()).fold(needResched).fold(irqsOn).fold(irqsOffSince);
  }
}
