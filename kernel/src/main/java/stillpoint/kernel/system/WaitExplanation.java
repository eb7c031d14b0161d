package stillpoint.kernel.system;

import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import stillpoint.kernel.cpu.CpuReport;
import stillpoint.kernel.fault.Strike;
import stillpoint.kernel.irq.IpiKind;
import stillpoint.kernel.report.RunReport.WaitEdge;
import stillpoint.kernel.wait.Wait;
import stillpoint.kernel.wait.WaitForGraph;
import stillpoint.machine.board.Board;

/** Says in words why those in a knot wait for each other, from the same reports that the knot was found in. */
final class WaitExplanation {
  private final MachineSetup setup;
  private final Board board;
  private final long lostAfterCycles;
  private final List<CpuReport> cpus;
  private final WaitForGraph graph;
  private final long cycle;

  /**
   * @param cycle of the cut at which the CPUs reported
   */
  WaitExplanation(MachineSetup setup, List<CpuReport> cpus, WaitForGraph graph, long cycle) {
    this.setup = setup;
    this.board = setup.board();
    this.lostAfterCycles = LostMessages.lostAfterCycles(setup);
    this.cpus = cpus;
    this.graph = graph;
    this.cycle = cycle;
  }

  List<WaitEdge> edges(WaitForGraph.Knot knot) {
    return knot.edges().stream().map(this::edge).toList();
  }

  private WaitEdge edge(WaitForGraph.Edge edge) {
    CpuReport cpu = cpus.get(graph.cpuOf(edge.cpu()));
    CpuReport.Blocked blocked = blocked(edge.cpu());
    // each of them needs the acknowledgement of any of them
    boolean allOthers =
        edge.waitsFor().cardinality() > 1 && graph.lostAcknowledgement(blocked.reason());
    List<Integer> on =
        edge.waitsFor().stream()
            .map(graph::cpuOf)
            .distinct()
            .filter(other -> other != cpu.cpu() || !allOthers)
            .sorted()
            .boxed()
            .toList();
    return new WaitEdge(
        cpu.cpu(),
        blocked.reason().in(),
        on,
        blocked.reason().what(),
        halted(edge.waitsFor())
            .map(this::standsStill)
            .orElseGet(() -> because(cpu.cpu(), blocked, edge.waitsFor())),
        board.nanosAt(blocked.sinceCycle()),
        fault(cpu.cpu(), blocked, edge.waitsFor()));
  }

  /** The first of those that stand still for ever. */
  private Optional<CpuReport> halted(BitSet which) {
    return which.stream()
        .mapToObj(node -> cpus.get(graph.cpuOf(node)))
        .filter(cpu -> cpu.activity().halted().isPresent())
        .findFirst();
  }

  private String standsStill(CpuReport cpu) {
    CpuReport.Halted halted = cpu.activity().halted().orElseThrow();
    return "CPU "
        + cpu.cpu()
        + " stands still for ever since "
        + board.nanosAt(halted.sinceCycle())
        + " ns by fault "
        + halted.fault();
  }

  /** The fault because of which those who are waited for cannot act, if there is one. */
  private int fault(int waiter, CpuReport.Blocked blocked, BitSet waitsFor) {
    Optional<CpuReport> halted = halted(waitsFor);
    if (halted.isPresent()) {
      return halted.get().activity().halted().orElseThrow().fault();
    }
    return blocked.reason() instanceof Wait.Csd || blocked.reason() instanceof Wait.CsdReuse
        ? notCome(waitsFor)
            .mapToObj(cpu -> LostIpis.strike(setup, cpus, IpiKind.CALL_FUNCTION, waiter, cpu))
            .flatMap(Optional::stream)
            .mapToInt(Strike::number)
            .findFirst()
            .orElse(WaitEdge.NO_FAULT)
        : WaitEdge.NO_FAULT;
  }

  private IntStream notCome(BitSet waitsFor) {
    return waitsFor.stream()
        .map(graph::cpuOf)
        .filter(cpu -> !WaitForGraph.callPending(cpus.get(cpu)))
        .sorted();
  }

  private CpuReport.Blocked blocked(int node) {
    CpuReport cpu = cpus.get(graph.cpuOf(node));
    return (node == cpu.cpu() ? cpu.blocked() : cpu.activity().sleepingShell()).orElseThrow();
  }

  /** Why those that are waited for cannot act. */
  private String because(int waiter, CpuReport.Blocked blocked, BitSet waitsFor) {
    int first = waitsFor.nextSetBit(0);
    int firstCpu = graph.cpuOf(first);
    return switch (blocked.reason()) {
      case Wait.Csd _, Wait.CsdReuse _ ->
          ipis(waiter, blocked.sinceCycle(), waitsFor) + ", " + irqsOffSince(waitsFor);
      case Wait.StopMachineState stop when graph.lostAcknowledgement(stop) ->
          "all have acknowledged "
              + stop.state()
              + " and by the count none was the last: an acknowledgement is lost, "
              + irqsOffSince(waitsFor);
      case Wait.StopMachineState stop ->
          "CPU "
              + firstCpu
              + " has not acknowledged "
              + stop.state()
              + ": it is in "
              + waitingIn(first)
              + ", "
              + irqsOffSince(waitsFor);
      case Wait.Mutex mutex -> "CPU " + mutex.owner() + " holds it and is in " + waitingIn(first);
      case Wait.StopMachineDone _, Wait.GracePeriod _ ->
          "the stopper of CPU " + firstCpu + " is in " + waitingIn(first);
      case Wait.DiscardedWork work ->
          "the stopper of CPU " + work.cpu() + " was not enabled and discarded the work for it";
      case Wait.Handler _ ->
          "only an interrupt that CPU "
              + firstCpu
              + " takes brings it, and that is in "
              + waitingIn(first)
              + ", "
              + irqsOffSince(waitsFor);
      case Wait.SpinLock lock ->
          "CPU "
              + lock.owner()
              + " holds it and is in "
              + waitingIn(first)
              + ", "
              + irqsOffSince(waitsFor);
      case Wait.Acts _ ->
          "CPU " + firstCpu + " is in " + waitingIn(first) + ", " + irqsOffSince(waitsFor);
    };
  }

  /**
   * Where the IPIs are for which csds wait. One that a CPU with irqs off does not have pending has not come: it was sent before
   * the wait began, so it is on its way for a moment at most.
   */
  private String ipis(int waiter, long sinceCycle, BitSet waitsFor) {
    int[] notCome = notCome(waitsFor).toArray();
    if (notCome.length == 0) {
      return "IPI pending";
    }
    boolean lost = cycle - sinceCycle >= lostAfterCycles;
    return (notCome.length == waitsFor.cardinality() ? "" : "IPI pending on the others, ")
        + "the IPI to "
        + (notCome.length == 1 ? "CPU " : "CPUs ")
        + String.join(",", IntStream.of(notCome).mapToObj(String::valueOf).toList())
        + byFault(waiter, notCome).orElse(lost ? " is lost" : " has not come yet or is lost");
  }

  private Optional<String> byFault(int waiter, int[] targets) {
    return IntStream.of(targets)
        .mapToObj(cpu -> LostIpis.strike(setup, cpus, IpiKind.CALL_FUNCTION, waiter, cpu))
        .flatMap(Optional::stream)
        .findFirst()
        .map(strike -> " is lost by fault " + strike.number());
  }

  private String waitingIn(int node) {
    CpuReport cpu = cpus.get(graph.cpuOf(node));
    return (node == cpu.cpu() ? cpu.blocked() : cpu.activity().sleepingShell())
        .map(blocked -> blocked.reason().in())
        .orElse(cpu.stack().getFirst());
  }

  private String irqsOffSince(BitSet which) {
    long[] since =
        which.stream()
            .mapToObj(node -> cpus.get(graph.cpuOf(node)))
            .filter(cpu -> !cpu.irqsOn())
            .mapToLong(cpu -> board.nanosAt(cpu.irqsOffSince()))
            .toArray();
    if (since.length == 0) {
      return "irqs on";
    }
    long first = LongStream.of(since).min().orElseThrow();
    long last = LongStream.of(since).max().orElseThrow();
    return "irqs off since " + first + (last > first ? " to " + last : "") + " ns";
  }
}
