package stillpoint.kernel.system;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import stillpoint.kernel.cpu.CpuReport;
import stillpoint.kernel.irq.IpiKind;
import stillpoint.kernel.report.RunReport.WaitEdge;
import stillpoint.kernel.wait.Wait;
import stillpoint.machine.board.Board;

/**
 * Finds edges to nothing: somebody waits for a CPU that could act at once, if only it had been told. Its irqs are on, no IPI
 * is pending there, it is in no handler, and it has taken none since: the IPI is still on its way, or lost. It is called lost
 * when that has lasted for a thousand times what the way takes, at least {@value #LOST_AFTER_LEAST_NANOS} ns.
 */
final class LostMessages {
  private static final long LOST_AFTER_LEAST_NANOS = 200_000;
  private static final long LOST_AFTER_LATENCIES = 1000;

  private final Board board;
  private final long lostAfterCycles;
  private Map<Suspect, Long> suspects = new LinkedHashMap<>();

  /**
   * An IPI that should be there.
   *
   * @param from who sent it, if known, or -1
   * @param to who has not got it
   * @param taken IPIs of this kind that it has taken
   * @param edge who waits for what
   */
  private record Suspect(IpiKind kind, int from, int to, long taken, WaitEdge edge) {}

  /** A message that no longer exists: known since {@code cycle}. */
  record Lost(long cycle, WaitEdge edge) {}

  LostMessages(Board board) {
    this.board = board;
    this.lostAfterCycles = lostAfterCycles(board);
  }

  /** Cycles after which an IPI that was sent and has not come is called lost. */
  static long lostAfterCycles(Board board) {
    long way = board.interconnect().mostWayCycles();
    long latencies = LOST_AFTER_LATENCIES * 2 * (board.cpuToControllerCycles() + way);
    return Math.max(board.cycleAt(LOST_AFTER_LEAST_NANOS), latencies);
  }

  /** Looks at the machine at a cut. */
  Optional<Lost> look(long cycle, List<CpuReport> cpus) {
    Map<Suspect, Long> now = new LinkedHashMap<>();
    for (Suspect suspect : suspects(cpus)) {
      now.put(suspect, suspects.getOrDefault(suspect, cycle));
    }
    suspects = now;
    return now.entrySet().stream()
        .filter(entry -> cycle - entry.getValue() >= lostAfterCycles)
        .map(entry -> new Lost(entry.getValue() + lostAfterCycles, entry.getKey().edge()))
        .findFirst();
  }

  private List<Suspect> suspects(List<CpuReport> cpus) {
    List<Suspect> found = new ArrayList<>();
    for (CpuReport waiter : cpus) {
      waiter.blocked().ifPresent(blocked -> lostCall(cpus, waiter, blocked).ifPresent(found::add));
      waiter
          .activity()
          .sleepingShell()
          .filter(sleep -> sleep.reason() instanceof Wait.StopMachineDone)
          .ifPresent(sleep -> lostWakeUp(cpus, waiter, sleep).ifPresent(found::add));
    }
    return found;
  }

  /** A csd whose target knows nothing of it. */
  private Optional<Suspect> lostCall(
      List<CpuReport> cpus, CpuReport waiter, CpuReport.Blocked blocked) {
    int target =
        switch (blocked.reason()) {
          case Wait.Csd csd -> csd.targets().next(0);
          case Wait.CsdReuse reuse -> reuse.target();
          case Wait.StopMachineState _,
              Wait.Mutex _,
              Wait.StopMachineDone _,
              Wait.GracePeriod _,
              Wait.Acts _,
              Wait.SpinLock _,
              Wait.Handler _,
              Wait.DiscardedWork _ ->
              -1;
        };
    if (target < 0
        || !untold(cpus.get(target), IpiKind.CALL_FUNCTION)
        || cpus.stream().anyMatch(cpu -> cpu != waiter && mayStillSend(cpu))) {
      return Optional.empty();
    }
    return Optional.of(
        suspect(IpiKind.CALL_FUNCTION, waiter.cpu(), cpus.get(target), waiter.cpu(), blocked));
  }

  /** If the queue was not empty, its IPI is another's, who may not have come to send it yet. */
  private static boolean mayStillSend(CpuReport cpu) {
    return cpu.stack().contains("smp_call_function_many")
        && !(cpu.blocked().isPresent() && cpu.blocked().get().reason() instanceof Wait.Csd);
  }

  /** All works were handed out: a stopper that sleeps has not heard of its own, or its caller not of the end. */
  private Optional<Suspect> lostWakeUp(
      List<CpuReport> cpus, CpuReport caller, CpuReport.Blocked sleep) {
    Optional<CpuReport> inside =
        cpus.stream()
            .filter(
                cpu ->
                    cpu.blocked().isPresent()
                        && cpu.blocked().get().reason() instanceof Wait.StopMachineState)
            .findFirst();
    if (inside.isPresent()) {
      CpuReport.Blocked blocked = inside.get().blocked().orElseThrow();
      return cpus.stream()
          .filter(cpu -> cpu.stopProgress().isEmpty() && cpu.activity().stopperAsleep())
          .filter(cpu -> untold(cpu, IpiKind.RESCHED))
          .findFirst()
          .map(cpu -> suspect(IpiKind.RESCHED, inside.get().cpu(), cpu, caller.cpu(), blocked));
    }
    boolean allThrough = cpus.stream().allMatch(cpu -> cpu.activity().stopperAsleep());
    return allThrough && untold(caller, IpiKind.RESCHED)
        ? Optional.of(suspect(IpiKind.RESCHED, caller.cpu(), caller, -1, sleep))
        : Optional.empty();
  }

  private static boolean untold(CpuReport cpu, IpiKind kind) {
    Stream<String> pending = cpu.pendingInterrupts().stream();
    return cpu.irqsOn()
        && !cpu.activity().handlesInterrupt()
        && cpu.stalledOn().isEmpty()
        && pending.noneMatch(name -> name.startsWith(kind.text()) || name.startsWith("mailbox"));
  }

  private Suspect suspect(
      IpiKind kind, int waiter, CpuReport target, int from, CpuReport.Blocked blocked) {
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
                + " is lost: irqs are on there and nothing is pending",
            board.nanosAt(blocked.sinceCycle()));
    return new Suspect(
        kind, from, target.cpu(), target.counters().ipisTaken()[kind.ordinal()], edge);
  }
}
