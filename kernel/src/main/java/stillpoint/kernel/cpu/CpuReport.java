package stillpoint.kernel.cpu;

import java.util.List;
import java.util.Optional;
import stillpoint.kernel.fault.Strike;
import stillpoint.kernel.flush.FlushRecord;
import stillpoint.kernel.ftrace.ExecutionLog;
import stillpoint.kernel.ftrace.PatchStore;
import stillpoint.kernel.ftrace.TraceRing;
import stillpoint.kernel.hotplug.HotplugChange;
import stillpoint.kernel.irq.InterruptLog;
import stillpoint.kernel.stop.StopState;
import stillpoint.kernel.wait.Wait;
import stillpoint.kernel.watch.LockupLine;
import stillpoint.machine.time.Report;

/**
 * What a CPU says of itself when it is inspected.
 *
 * @param cpu number
 * @param task what runs
 * @param irqsOn Status.IE
 * @param irqsOffSince cycle, or -1
 * @param preemptCount of the current task
 * @param pendingInterrupts by name, raised and not taken
 * @param stack of the current task, innermost first; in guest code its innermost entry is the pc by symbol
 * @param blocked what it spins on, if it spins and nothing but another CPU can end that
 * @param stalledOn a memory or controller answer it waits for, or empty
 * @param stopProgress how far its stopper thread is in multi_cpu_stop, if it is in there
 * @param guestRuns whether its guest thread has not ended
 * @param shellBusy whether a command of its shell has not ended
 * @param instructions guest instructions retired
 * @param counters its counts
 * @param logs what it recorded
 * @param activity what it is at, for supervisors
 */
public record CpuReport(
    int cpu,
    String task,
    boolean irqsOn,
    long irqsOffSince,
    int preemptCount,
    List<String> pendingInterrupts,
    List<String> stack,
    Optional<Blocked> blocked,
    String stalledOn,
    Optional<StopProgress> stopProgress,
    boolean guestRuns,
    boolean shellBusy,
    long instructions,
    CpuCounters.Snapshot counters,
    Logs logs,
    Activity activity)
    implements Report {
  /** A CPU of whose activity nothing is known. */
  public CpuReport(
      int cpu,
      String task,
      boolean irqsOn,
      long irqsOffSince,
      int preemptCount,
      List<String> pendingInterrupts,
      List<String> stack,
      Optional<Blocked> blocked,
      String stalledOn,
      Optional<StopProgress> stopProgress,
      boolean guestRuns,
      boolean shellBusy,
      long instructions,
      CpuCounters.Snapshot counters,
      Logs logs) {
    this(
        cpu,
        task,
        irqsOn,
        irqsOffSince,
        preemptCount,
        pendingInterrupts,
        stack,
        blocked,
        stalledOn,
        stopProgress,
        guestRuns,
        shellBusy,
        instructions,
        counters,
        logs,
        Activity.UNKNOWN);
  }

  /**
   * @param progress kernel functions that tasks (not interrupts) have returned from, and passes of the guest
   * @param busyUntilCycle end of the piece of work it is at; may lie ahead
   * @param idle it waits for an interrupt
   * @param handlesInterrupt it is in an interrupt handler
   * @param stopperAsleep its stopper thread is not runnable
   * @param shellAsleep its shell is not runnable
   * @param sleepingShell what its shell sleeps for uninterruptibly, and since when
   * @param offline it is in its pen, out of the mask of those that are online
   * @param halted a fault has stopped it for ever
   */
  public record Activity(
      long progress,
      long busyUntilCycle,
      boolean idle,
      boolean handlesInterrupt,
      boolean stopperAsleep,
      boolean shellAsleep,
      Optional<Blocked> sleepingShell,
      boolean offline,
      Optional<Halted> halted) {
    /** A CPU that nothing has stopped. */
    public Activity(
        long progress,
        long busyUntilCycle,
        boolean idle,
        boolean handlesInterrupt,
        boolean stopperAsleep,
        boolean shellAsleep,
        Optional<Blocked> sleepingShell,
        boolean offline) {
      this(
          progress,
          busyUntilCycle,
          idle,
          handlesInterrupt,
          stopperAsleep,
          shellAsleep,
          sleepingShell,
          offline,
          Optional.empty());
    }

    /** A CPU that is online. */
    public Activity(
        long progress,
        long busyUntilCycle,
        boolean idle,
        boolean handlesInterrupt,
        boolean stopperAsleep,
        boolean shellAsleep,
        Optional<Blocked> sleepingShell) {
      this(
          progress,
          busyUntilCycle,
          idle,
          handlesInterrupt,
          stopperAsleep,
          shellAsleep,
          sleepingShell,
          false);
    }

    static final Activity UNKNOWN =
        new Activity(0, 0, false, false, false, false, Optional.empty());
  }

  /** Stands still for ever by a fault. */
  public record Halted(int fault, long sinceCycle) {}

  /** A spin: what for, and since which cycle. */
  public record Blocked(Wait reason, long sinceCycle) {}

  /**
   * The last state of multi_cpu_stop that this CPU has seen, whether it has acknowledged it, and in which call of
   * stop_machine() or stop_two_cpus().
   */
  public record StopProgress(StopState seen, boolean acknowledged, long call) {
    /** When there is but one call. */
    public StopProgress(StopState seen, boolean acknowledged) {
      this(seen, acknowledged, 0);
    }
  }

  /**
   * Logs, oldest first: all so far, but of the executions those since the CPU was last inspected, and of the trace what
   * is still in its ring buffer.
   */
  public record Logs(
      TraceRing.View trace,
      InterruptLog.View interrupts,
      List<PatchStore> stores,
      List<FlushRecord> flushes,
      ExecutionLog.View executions,
      List<String> failures,
      List<String> warnings,
      List<LockupLine> lockups,
      List<HotplugChange> hotplug,
      List<Strike> strikes) {
    /** Where no fault struck. */
    public Logs(
        TraceRing.View trace,
        InterruptLog.View interrupts,
        List<PatchStore> stores,
        List<FlushRecord> flushes,
        ExecutionLog.View executions,
        List<String> failures,
        List<String> warnings,
        List<LockupLine> lockups,
        List<HotplugChange> hotplug) {
      this(
          trace,
          interrupts,
          stores,
          flushes,
          executions,
          failures,
          warnings,
          lockups,
          hotplug,
          List.of());
    }

    /** Of a CPU that was online from the start. */
    public Logs(
        TraceRing.View trace,
        InterruptLog.View interrupts,
        List<PatchStore> stores,
        List<FlushRecord> flushes,
        ExecutionLog.View executions,
        List<String> failures,
        List<String> warnings,
        List<LockupLine> lockups) {
      this(trace, interrupts, stores, flushes, executions, failures, warnings, lockups, List.of());
    }
  }

  /**
   * Without the logs that nobody reads before the end: what goes from node to node at a cut.
   *
   * @param stores in place of the log of stores
   * @param flushes in place of the log of flushes
   */
  public CpuReport withoutHistory(List<PatchStore> stores, List<FlushRecord> flushes) {
    return new CpuReport(
        cpu,
        task,
        irqsOn,
        irqsOffSince,
        preemptCount,
        pendingInterrupts,
        stack,
        blocked,
        stalledOn,
        stopProgress,
        guestRuns,
        shellBusy,
        instructions,
        counters,
        new Logs(
            NO_TRACE,
            NO_INTERRUPTS,
            stores,
            flushes,
            logs.executions(),
            List.of(),
            List.of(),
            List.of(),
            logs.hotplug(),
            logs.strikes()),
        activity);
  }

  private static final TraceRing.View NO_TRACE = new TraceRing(new long[0]).view();
  private static final InterruptLog.View NO_INTERRUPTS = new InterruptLog(0).view();
}
