package stillpoint.kernel.system;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;
import stillpoint.kernel.console.ConsoleReport;
import stillpoint.kernel.cpu.CpuReport;
import stillpoint.kernel.ftrace.StaleCodeJudge;
import stillpoint.kernel.irq.IpiKind;
import stillpoint.kernel.report.RunReport;
import stillpoint.kernel.report.Verdict;
import stillpoint.kernel.wait.Wait;
import stillpoint.kernel.wait.WaitForGraph;
import stillpoint.machine.time.Report;

/** Puts the report of a finished run together from what its processes reported at the end. */
public final class ReportBuilder {
  private final Shared shared;
  private final MachineJudge.Ending ending;
  private final List<CpuReport> cpus = new ArrayList<>();
  private ConsoleReport console;

  /**
   * @param reports of all processes at the end, in id order
   */
  public ReportBuilder(Shared shared, MachineJudge.Ending ending, List<Report> reports) {
    this.shared = shared;
    this.ending = ending;
    for (Report report : reports) {
      if (report instanceof CpuReport cpu) {
        cpus.add(cpu);
      } else if (report instanceof ConsoleReport last) {
        console = last;
      }
    }
  }

  public RunReport build() {
    RunReport.Counters counters = counters();
    List<String> failures = cpus.stream().flatMap(cpu -> cpu.logs().failures().stream()).toList();
    List<String> warnings = cpus.stream().flatMap(cpu -> cpu.logs().warnings().stream()).toList();
    TraceText trace = new TraceText(shared, cpus);
    List<Integer> tracedCpus =
        cpus.stream().filter(cpu -> !cpu.logs().trace().isEmpty()).map(CpuReport::cpu).toList();
    long passes = cpus.stream().mapToLong(cpu -> cpu.counters().guestPasses()).sum();
    return new RunReport(
        verdict(counters, failures, warnings),
        nanos(ending.cycle()),
        cycle(),
        List.of(),
        warnings,
        counters,
        List.of(),
        cpus.stream().map(this::state).toList(),
        new ConsoleText(shared, console, trace, cpus).lines(),
        trace.until(OptionalLong.empty()),
        new RunReport.GuestResults(passes, failures, tracedCpus));
  }

  private long nanos(long cycle) {
    return shared.map().board().nanosAt(cycle);
  }

  /** What ended the run comes first; a run that did all its work is then judged by what its logs say. */
  private Verdict verdict(
      RunReport.Counters counters, List<String> failures, List<String> warnings) {
    if (ending.verdict() == Verdict.DEADLOCK || ending.verdict() == Verdict.LOST_MESSAGE) {
      return ending.verdict();
    }
    if (counters.lateStaleFetches() > 0 || counters.tornFetches() > 0) {
      return Verdict.UNDEFINED_EXECUTION;
    }
    if (!failures.isEmpty()) {
      return Verdict.GUEST_FAULT;
    }
    if (ending.verdict() == Verdict.LIMIT_REACHED) {
      return Verdict.LIMIT_REACHED;
    }
    return warnings.isEmpty() ? Verdict.HEALTHY : Verdict.WARNINGS;
  }

  private RunReport.Counters counters() {
    TreeMap<String, RunReport.IpiCount> ipis = new TreeMap<>();
    for (IpiKind kind : IpiKind.values()) {
      ipis.put(
          kind.text(),
          new RunReport.IpiCount(
              sum(cpu -> cpu.counters().ipisSent()[kind.ordinal()]),
              sum(cpu -> cpu.counters().ipisTaken()[kind.ordinal()])));
    }
    StaleCodeJudge.Count stale = ending.staleCode();
    return new RunReport.Counters(
        sum(cpu -> cpu.counters().wordsPatched()),
        sum(cpu -> cpu.counters().icacheFlushes()),
        ipis,
        stale.stale(),
        stale.late(),
        tornFetches(),
        sum(cpu -> cpu.counters().tracedCalls()),
        sum(CpuReport::instructions));
  }

  /**
   * Passes over a site that executed an old and a new word. A site of the 64-bit layout is one word, so that a pass executes
   * either the old or the new one.
   */
  private static long tornFetches() {
    return 0;
  }

  private long sum(ToLongFunction<CpuReport> of) {
    return cpus.stream().mapToLong(of).sum();
  }

  private RunReport.CpuState state(CpuReport cpu) {
    return new RunReport.CpuState(
        cpu.cpu(),
        cpu.task(),
        cpu.irqsOn(),
        cpu.irqsOffSince() < 0 ? -1 : nanos(cpu.irqsOffSince()),
        cpu.preemptCount(),
        cpu.pendingInterrupts(),
        cpu.stack());
  }

  private List<RunReport.WaitEdge> cycle() {
    return ending
        .knot()
        .map(knot -> knot.edges().stream().map(this::edge).toList())
        .orElse(List.of());
  }

  private RunReport.WaitEdge edge(WaitForGraph.Edge edge) {
    CpuReport cpu = cpus.get(edge.cpu());
    CpuReport.Blocked blocked = cpu.blocked().orElseThrow();
    return new RunReport.WaitEdge(
        edge.cpu(),
        blocked.reason().in(),
        edge.waitsFor().stream().boxed().toList(),
        blocked.reason().what(),
        because(blocked.reason(), edge.waitsFor()),
        nanos(blocked.sinceCycle()));
  }

  /** Why those that are waited for cannot act. */
  private String because(Wait wait, BitSet waitsFor) {
    CpuReport first = cpus.get(waitsFor.nextSetBit(0));
    return switch (wait) {
      case Wait.Csd _, Wait.CsdReuse _ -> "IPI pending, " + irqsOffSince(waitsFor);
      case Wait.StopMachineState stop ->
          "CPU "
              + first.cpu()
              + " has not acknowledged "
              + stop.state()
              + ": it is in "
              + spinningIn(first)
              + ", "
              + irqsOffSince(waitsFor);
      case Wait.Mutex mutex -> "CPU " + mutex.owner() + " holds it and is in " + spinningIn(first);
    };
  }

  private static String spinningIn(CpuReport cpu) {
    return cpu.blocked().map(blocked -> blocked.reason().in()).orElse(cpu.stack().getFirst());
  }

  private String irqsOffSince(BitSet which) {
    long[] since =
        which.stream()
            .mapToObj(cpus::get)
            .filter(cpu -> !cpu.irqsOn())
            .mapToLong(cpu -> nanos(cpu.irqsOffSince()))
            .toArray();
    if (since.length == 0) {
      return "irqs on";
    }
    long first = LongStream.of(since).min().orElseThrow();
    long last = LongStream.of(since).max().orElseThrow();
    return "irqs off since " + first + (last > first ? " to " + last : "") + " ns";
  }
}
