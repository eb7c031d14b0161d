package stillpoint.kernel.watch;

import java.util.List;
import stillpoint.kernel.config.DetectorConfig;
import stillpoint.kernel.config.KernelConfig.Preempt;
import stillpoint.kernel.cpu.AppendLog;
import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.irq.DoIrq;
import stillpoint.kernel.sched.Task;
import stillpoint.kernel.sched.TaskKind;
import stillpoint.machine.board.Board;
import stillpoint.machine.time.StateHash;

/**
 * The detectors of one CPU. They live on its timer interrupt, so a CPU that takes none detects nothing; only the hard
 * lockup watchdog has an interrupt of its own. Mutable, owned by the CPU.
 */
public final class Detectors {
  private static final long NEVER = Long.MAX_VALUE;

  private final Board board;
  private final DetectorConfig config;
  private final RcuCpu rcu = new RcuCpu();
  private final HungTaskWatch hungTasks;
  private final AppendLog<LockupLine> lines = new AppendLog<>();
  private SoftLockupWatchdog soft;
  private HardLockupWatchdog hard;

  /** How far a fault has put CP0 Count of this CPU ahead. */
  private long skewNanos;

  public Detectors(Board board, DetectorConfig config) {
    this.board = board;
    this.config = config;
    this.hungTasks = new HungTaskWatch(config.hungTaskTimeoutNanos());
    watchdogThresh(config.watchdogThreshNanos(), 0);
  }

  /** A write to {@code kernel.watchdog_thresh}: this CPU's watchdogs start anew. */
  public void watchdogThresh(long threshNanos, long cycle) {
    soft = new SoftLockupWatchdog(threshNanos, nanos(cycle));
    boolean hasNmi = board.nmiWatchdog() && config.hardLockup();
    hard = new HardLockupWatchdog(hasNmi ? board.cycleAt(threshNanos) : 0);
    hard.runs(cycle);
  }

  // ---- the timer interrupt and the NMI
  // -------------------------------------------------------------------------

  /** The detectors' part of a timer interrupt; the handler goes on as {@code after}. */
  public Step tick(KernelCpu cpu, Frame after) {
    long now = nanos(cpu.cycle());
    int cycles = Costs.TICK;
    boolean mayRunOthers = mayRunOthers(cpu);
    hard.runs(cpu.cycle());
    if (soft.sampleDue(now)) {
      long stuckSeconds = soft.sample(now);
      if (stuckSeconds != SoftLockupWatchdog.NOT_STUCK) {
        String text =
            "watchdog: BUG: soft lockup - CPU#%d stuck for %ds! [%s]"
                .formatted(cpu.cpu(), stuckSeconds, nameAndPid(cpu, cpu.current().kind()));
        cpu.printkLockup(Detector.SOFT_LOCKUP, text);
        cycles += Costs.PRINTK;
      }
    }
    if (mayRunOthers) {
      othersCouldRun(cpu.cycle());
      if (now >= hungTasks.nextCheckNanos()) {
        return Step.call(after, new CheckHungTasks(), cycles);
      }
    }
    return rcu.watches()
        ? Step.call(after, RcuSchedClockIrq.call(), cycles)
        : Step.next(after, cycles);
  }

  /** Cycle of the next NMI, or {@link Long#MAX_VALUE}. */
  public long nextNmiCycle() {
    return hard.nextNmiCycle();
  }

  /** The NMI: not held back by irqs off, and over before anything else happens on this CPU. */
  public void nmi(KernelCpu cpu) {
    if (hard.nmi(cpu.cycle(), soft.samples())) {
      cpu.printkLockup(
          Detector.HARD_LOCKUP, "NMI watchdog: Watchdog detected hard LOCKUP on cpu " + cpu.cpu());
    }
  }

  // ---- what happens on this CPU
  // --------------------------------------------------------------------------------

  /**
   * Whether, at an interrupt, the interrupted code can be made to give up the CPU: then the stopper's work is done at once
   * when the interrupt ends, and any thread may run.
   */
  static boolean mayRunOthers(KernelCpu cpu) {
    Task task = cpu.current();
    if (task.kind() == TaskKind.STOPPER || task.preemptCount() != DoIrq.HARDIRQ_OFFSET) {
      return false;
    }
    return cpu.config().preempt() == Preempt.FULL
        || task.kind() == TaskKind.IDLE
        || cpu.interruptedSleepingLock();
  }

  /** A context switch could have happened now. */
  public void othersCouldRun(long cycle) {
    soft.stopperCouldRun(nanos(cycle));
    rcu.quiescentState();
  }

  /** The CPU goes offline: no watchdog looks at it until {@link #watchdogThresh} starts them anew. */
  public void stop() {
    hard.idle();
  }

  public void becomesIdle() {
    hard.idle();
  }

  public void wakesFromIdle(long cycle) {
    soft.wasIdle(nanos(cycle));
    hard.runs(cycle);
  }

  /**
   * When an idle CPU needs its timer, or {@link Long#MAX_VALUE}.
   *
   * @param nextTickCycle of the tick that it gives up
   */
  public long idleTimerCycle(long nextTickCycle) {
    if (rcu.mustReport()) {
      return nextTickCycle;
    }
    long check = hungTasks.nextCheckNanos();
    return check == NEVER ? NEVER : board.cycleAt(check - skewNanos);
  }

  public void sleepsUninterruptibly(TaskKind task, long cycle) {
    hungTasks.fallsAsleep(task, nanos(cycle));
  }

  public void wakes(TaskKind task, long cycle) {
    hungTasks.wakes(task, nanos(cycle));
  }

  /** A line of the kernel log went to the serial console from here. */
  public void consoleWrote() {
    soft.consoleWrote();
    hard.consoleWrote();
  }

  /** This CPU hears, in an interrupt, of a grace period; whether it can say at once that it is quiescent. */
  public boolean rcuBegins(KernelCpu cpu) {
    rcu.begins(mayRunOthers(cpu));
    return rcu.canReport();
  }

  public RcuCpu rcu() {
    return rcu;
  }

  HungTaskWatch hungTasks() {
    return hungTasks;
  }

  // ---- results
  // -------------------------------------------------------------------------------------------------

  public void log(LockupLine line) {
    lines.add(line);
  }

  public List<LockupLine> lines() {
    return lines.view();
  }

  String nameAndPid(KernelCpu cpu, TaskKind task) {
    return task.nameOn(cpu.cpu()) + ":" + task.pidOn(cpu.cpu(), board.cpuCount());
  }

  /** CP0 Count of this CPU, from which all of them take the time, jumps. */
  public void skewClock(long byNanos) {
    skewNanos += byNanos;
  }

  private long nanos(long cycle) {
    return board.nanosAt(cycle) + skewNanos;
  }

  public void foldState(StateHash hash) {
    soft.foldState(hash);
    hard.foldState(hash);
    hungTasks.foldState(hash);
    rcu.foldState(hash);
    hash.fold(lines.size());
  }
}
