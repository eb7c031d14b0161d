package stillpoint.kernel.system;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import stillpoint.kernel.config.Barrier;
import stillpoint.kernel.cpu.CpuReport;
import stillpoint.kernel.fault.CpuFaults;
import stillpoint.kernel.fault.Strike;
import stillpoint.kernel.irq.IpiKind;
import stillpoint.kernel.report.RunReport.WaitEdge;
import stillpoint.kernel.stop.StopCall;
import stillpoint.kernel.wait.NodeSet;
import stillpoint.kernel.wait.Wait;
import stillpoint.machine.board.Board;

/**
 * Finds edges to nothing: somebody waits for a CPU that could act at once, if only it had been told. Its irqs are on, no IPI
 * is pending there and it is in no handler, and whoever had to send the IPI has done so.
 *
 * <p>Why that is a proof. Let all that hold at two looks, for one and the same wait. At the first look the IPI has been sent:
 * who waits has sent its own, and nobody is between putting something into an empty queue and sending the IPI for it. At
 * the second look, later by more than the slowest way through the interrupt controller takes, the IPI has arrived. It is
 * not pending, so it was taken; its handler, which is over, would have ended the wait; the wait has not ended. So it never
 * came. The time between the two looks is at least {@value #LOST_AFTER_LEAST_NANOS} ns, to spare.
 *
 * <p>Plain data, kept up to date report by report.
 */
final class LostMessages {
  private static final long LOST_AFTER_LEAST_NANOS = 200_000;

  private final MachineSetup setup;
  private final Board board;
  private final long lostAfterCycles;
  private Map<Suspect, Long> suspects = new LinkedHashMap<>();

  /** CPUs that spin until another one has run a function. */
  private final NodeSet callers;

  /** CPUs that have queued a function, or may have, and not come to the IPI for it. */
  private final NodeSet mayStillCall;

  /** CPUs that may have a wake-up listed and not come to the IPI for it. */
  private final NodeSet mayStillWake;

  /** CPUs whose shell has handed out the works of a stop_machine() and waits until that is over. */
  private final NodeSet stoppingShells;

  /** Those of them whose shell has come to sleep and has not been woken. */
  private final NodeSet sleepers;

  /** CPUs that spin inside a stop_machine(). */
  private final NodeSet stopped;

  /** CPUs whose stopper thread sleeps. */
  private final NodeSet stoppersAsleep;

  /** By kind of IPI: CPUs that would take one at once, and have none. */
  private final NodeSet[] untold = new NodeSet[IpiKind.values().length];

  /** By CPU: wake-ups sent. */
  private final long[] wakeUpsSent;

  private long wakeUpsSentSum;

  /**
   * An IPI that should be there.
   *
   * @param from who sent it, if known, or -1
   * @param to who has not got it
   * @param taken IPIs of this kind that it has taken
   * @param sent wake-ups that all have sent, where it matters who sent last; else 0
   * @param edge who waits for what
   */
  private record Suspect(IpiKind kind, int from, int to, long taken, long sent, WaitEdge edge) {}

  /** A message that no longer exists: known since {@code cycle}. */
  record Lost(long cycle, WaitEdge edge) {}

  LostMessages(MachineSetup setup) {
    this.setup = setup;
    this.board = setup.board();
    this.wakeUpsSent = new long[board.cpuCount()];
    this.callers = new NodeSet(board.cpuCount());
    this.mayStillCall = new NodeSet(board.cpuCount());
    this.mayStillWake = new NodeSet(board.cpuCount());
    this.stoppingShells = new NodeSet(board.cpuCount());
    this.sleepers = new NodeSet(board.cpuCount());
    this.stopped = new NodeSet(board.cpuCount());
    this.stoppersAsleep = new NodeSet(board.cpuCount());
    for (int kind = 0; kind < untold.length; kind++) {
      untold[kind] = new NodeSet(board.cpuCount());
    }
    this.lostAfterCycles = lostAfterCycles(setup);
  }

  /** Cycles after which an IPI that was sent and has not come is called lost: faults and the schedule may delay it too. */
  static long lostAfterCycles(MachineSetup setup) {
    Board board = setup.board();
    // links are FIFO, and none holds a message longer than this: to the controller, and from there
    long way = (long) board.cpuToControllerCycles() + board.interconnect().mostWayCycles();
    long slowestWay = 2 * (way * (1 + board.latencyJitter()) + setup.schedule().mostCycles());
    return Math.max(board.cycleAt(LOST_AFTER_LEAST_NANOS), slowestWay + 1)
        + CpuFaults.mostIpiDelayCycles(setup);
  }

  /** Takes the new report of a CPU. */
  void accept(CpuReport report) {
    int cpu = report.cpu();
    Wait wait = report.blocked().map(CpuReport.Blocked::reason).orElse(null);
    callers.set(cpu, wait instanceof Wait.Csd || wait instanceof Wait.CsdReuse);
    boolean calling = report.stack().contains("smp_call_function_many");
    mayStillCall.set(cpu, calling && !(wait instanceof Wait.Csd));
    mayStillWake.set(cpu, report.stack().contains("try_to_wake_up"));
    // a stop_two_cpus() beside it concerns no other stopper
    stopped.set(
        cpu, wait instanceof Wait.StopMachineState stop && !new StopCall(stop.call()).isOfTwo());
    CpuReport.Activity activity = report.activity();
    stoppersAsleep.set(cpu, report.stopProgress().isEmpty() && activity.stopperAsleep());
    Wait shell = activity.sleepingShell().map(CpuReport.Blocked::reason).orElse(null);
    stoppingShells.set(cpu, shell instanceof Wait.StopMachineDone);
    // its own stopper may have preempted it on its way to sleep; woken, it may have to wait for the
    // guest to give way
    sleepers.set(cpu, shell instanceof Wait.StopMachineDone && activity.shellAsleep());
    for (IpiKind kind : IpiKind.values()) {
      untold[kind.ordinal()].set(cpu, untold(report, kind));
    }
    long sent = report.counters().ipisSent()[IpiKind.RESCHED.ordinal()];
    wakeUpsSentSum += sent - wakeUpsSent[cpu];
    wakeUpsSent[cpu] = sent;
  }

  private static boolean untold(CpuReport cpu, IpiKind kind) {
    return cpu.irqsOn()
        && !cpu.activity().handlesInterrupt()
        && cpu.stalledOn().isEmpty()
        && cpu.pendingInterrupts().stream()
            .noneMatch(
                name ->
                    name.startsWith(kind.text())
                        || name.startsWith("mailbox")
                        || name.startsWith("gic"));
  }

  /** Looks at the machine at a cut; {@code cpus} are the last reports of all. */
  Optional<Lost> look(long cycle, List<CpuReport> cpus) {
    Map<Suspect, Long> now = new LinkedHashMap<>();
    for (int cpu = callers.next(0); cpu >= 0; cpu = callers.next(cpu + 1)) {
      lostCall(cpus, cpus.get(cpu)).ifPresent(one -> keep(now, one, cycle));
    }
    for (int cpu = stoppingShells.next(0); cpu >= 0; cpu = stoppingShells.next(cpu + 1)) {
      lostWakeUp(cpus, cpus.get(cpu)).ifPresent(one -> keep(now, one, cycle));
    }
    suspects = now;
    return now.entrySet().stream()
        .filter(entry -> cycle - entry.getValue() >= lostAfterCycles)
        .map(entry -> new Lost(entry.getValue() + lostAfterCycles, entry.getKey().edge()))
        .findFirst();
  }

  private void keep(Map<Suspect, Long> now, Suspect suspect, long cycle) {
    now.put(suspect, suspects.getOrDefault(suspect, cycle));
  }

  /** A csd whose target knows nothing of it. */
  private Optional<Suspect> lostCall(List<CpuReport> cpus, CpuReport waiter) {
    CpuReport.Blocked blocked = waiter.blocked().orElseThrow();
    int target =
        blocked.reason() instanceof Wait.Csd csd
            ? csd.targets().next(0)
            : ((Wait.CsdReuse) blocked.reason()).target();
    boolean told = !untold[IpiKind.CALL_FUNCTION.ordinal()].get(target);
    // if the queue was not empty, its IPI is another's, who may not have come to send it yet
    return told || anyBut(mayStillCall, waiter.cpu())
        ? Optional.empty()
        : Optional.of(
            suspect(
                cpus,
                IpiKind.CALL_FUNCTION,
                waiter.cpu(),
                cpus.get(target),
                waiter.cpu(),
                0,
                blocked));
  }

  private static boolean anyBut(NodeSet set, int cpu) {
    int first = set.next(0);
    return first >= 0 && (first != cpu || set.next(cpu + 1) >= 0);
  }

  /** All works were handed out: a stopper that sleeps has not heard of its own, or its caller not of the end. */
  private Optional<Suspect> lostWakeUp(List<CpuReport> cpus, CpuReport caller) {
    if (mayStillWake.next(0) >= 0) {
      return Optional.empty();
    }
    CpuReport.Blocked sleep = caller.activity().sleepingShell().orElseThrow();
    NodeSet untoldOfWakeUp = untold[IpiKind.RESCHED.ordinal()];
    int inside = stopped.next(0);
    if (inside >= 0) {
      int cpu = stoppersAsleep.nextOfBoth(0, untoldOfWakeUp);
      return cpu < 0
          ? Optional.empty()
          : Optional.of(
              suspect(
                  cpus,
                  IpiKind.RESCHED,
                  inside,
                  cpus.get(cpu),
                  caller.cpu(),
                  0,
                  cpus.get(inside).blocked().orElseThrow()));
    }
    boolean allThrough = stoppersAsleep.size() == cpus.size();
    return allThrough && sleepers.get(caller.cpu()) && untoldOfWakeUp.get(caller.cpu())
        ? Optional.of(
            suspect(cpus, IpiKind.RESCHED, caller.cpu(), caller, -1, wakeUpsSentSum, sleep))
        : Optional.empty();
  }

  /** Where the stores of a call are not ordered, it may have been taken before all of it was there. */
  private String orBarrier() {
    String left =
        setup.kernel().missingBarriers().stream()
            .filter(barrier -> barrier != Barrier.SET_STATE)
            .map(Barrier::text)
            .collect(Collectors.joining(", "));
    return left.isEmpty()
        ? ""
        : "; or it came before all stores of the call did, for want of the barrier in " + left;
  }

  private Suspect suspect(
      List<CpuReport> cpus,
      IpiKind kind,
      int waiter,
      CpuReport target,
      int from,
      long sent,
      CpuReport.Blocked blocked) {
    Optional<Strike> strike = LostIpis.strike(setup, cpus, kind, from, target.cpu());
    WaitEdge edge =
        new WaitEdge(
            waiter,
            blocked.reason().in(),
            List.of(target.cpu()),
            blocked.reason().what(),
            "the "
                + kind.text()
                + " IPI "
                + (from < 0 ? "" : "of CPU " + from + " ")
                + "to CPU "
                + target.cpu()
                + " is lost"
                + strike.map(by -> " by fault " + by.number()).orElse("")
                + ": irqs are on there and nothing is pending"
                + (kind == IpiKind.CALL_FUNCTION ? orBarrier() : ""),
            board.nanosAt(blocked.sinceCycle()),
            strike.map(Strike::number).orElse(WaitEdge.NO_FAULT));
    return new Suspect(
        kind, from, target.cpu(), target.counters().ipisTaken()[kind.ordinal()], sent, edge);
  }
}
