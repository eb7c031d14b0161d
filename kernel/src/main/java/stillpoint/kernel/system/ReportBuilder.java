package stillpoint.kernel.system;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import stillpoint.kernel.console.ConsoleReport;
import stillpoint.kernel.cpu.CpuReport;
import stillpoint.kernel.fault.Strike;
import stillpoint.kernel.fault.StruckReport;
import stillpoint.kernel.ftrace.StaleCodeJudge;
import stillpoint.kernel.ftrace.StaleExample;
import stillpoint.kernel.irq.IpiKind;
import stillpoint.kernel.report.RunReport;
import stillpoint.kernel.report.Verdict;
import stillpoint.kernel.report.VerdictLadder;
import stillpoint.kernel.watch.LockupLine;
import stillpoint.machine.time.Report;

/** Puts the report of a finished run together from what its processes reported at the end. */
public final class ReportBuilder {
  private final Shared shared;
  private final MachineJudge.Ending ending;
  private final List<CpuReport> cpus = new ArrayList<>();
  private final List<Strike> strikes = new ArrayList<>();
  private ConsoleReport console;

  /**
   * @param reports of all processes at the end, in id order
   */
  public ReportBuilder(Shared shared, MachineJudge.Ending ending, List<Report> reports) {
    this.shared = shared;
    this.ending = ending;
    for (Report told : reports) {
      if (told instanceof StruckReport struck) {
        strikes.addAll(struck.strikes());
      }
      Report report = StruckReport.ownOf(told);
      if (report instanceof CpuReport cpu) {
        cpus.add(cpu);
        strikes.addAll(cpu.logs().strikes());
      } else if (report instanceof ConsoleReport last) {
        console = last;
      }
    }
  }

  public RunReport build() {
    FaultReport faults = new FaultReport(shared, strikes);
    List<RunReport.Lockup> lockups = lockups(faults);
    RunReport.Counters counters = counters();
    List<String> failures = cpus.stream().flatMap(cpu -> cpu.logs().failures().stream()).toList();
    TraceText trace = new TraceText(shared, cpus);
    ConsoleText consoleText = new ConsoleText(shared, console, trace, cpus);
    List<String> warnings =
        Stream.concat(
                cpus.stream().flatMap(cpu -> cpu.logs().warnings().stream()),
                consoleText.failedLines().stream())
            .toList();
    List<Integer> tracedCpus =
        cpus.stream().filter(cpu -> !cpu.logs().trace().isEmpty()).map(CpuReport::cpu).toList();
    long passes = cpus.stream().mapToLong(cpu -> cpu.counters().guestPasses()).sum();
    return new RunReport(
        verdict(lockups, counters, failures, warnings),
        nanos(ending.cycle()),
        ending.cycleEdges(),
        lockups,
        warnings,
        counters,
        faults.all(),
        cpus.stream().map(this::state).toList(),
        consoleText.lines(),
        trace.until(OptionalLong.empty()),
        new RunReport.GuestResults(passes, failures, tracedCpus),
        staleCode());
  }

  private long nanos(long cycle) {
    return shared.map().board().nanosAt(cycle);
  }

  /** What ended the run, and what its logs say, weighed. */
  private Verdict verdict(
      List<RunReport.Lockup> lockups,
      RunReport.Counters counters,
      List<String> failures,
      List<String> warnings) {
    Set<Verdict> findings = EnumSet.of(ending.verdict());
    if (!lockups.isEmpty()) {
      findings.add(Verdict.LOCKUP);
    }
    if (counters.lateStaleFetches() > 0 || counters.tornFetches() > 0) {
      findings.add(Verdict.UNDEFINED_EXECUTION);
    }
    if (!failures.isEmpty()) {
      findings.add(Verdict.GUEST_FAULT);
    }
    if (!warnings.isEmpty()) {
      findings.add(Verdict.WARNINGS);
    }
    return VerdictLadder.of(findings);
  }

  /** What the detectors printed, by time, then CPU. */
  private List<RunReport.Lockup> lockups(FaultReport faults) {
    record Said(int cpu, LockupLine line) {}
    Stream<RunReport.Lockup> said =
        cpus.stream()
            .flatMap(cpu -> cpu.logs().lockups().stream().map(line -> new Said(cpu.cpu(), line)))
            .sorted(Comparator.comparingLong((Said one) -> one.line().cycle()))
            .map(
                one ->
                    new RunReport.Lockup(
                        one.line().detector().text(),
                        one.cpu(),
                        nanos(one.line().cycle()),
                        one.line().text(),
                        faults.behind(one.line(), one.cpu())));
    return Stream.concat(said, cpus.stream().flatMap(cpu -> faults.supervisor(cpu).stream()))
        .sorted(Comparator.comparingLong(RunReport.Lockup::atNanos))
        .toList();
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
        stale.torn(),
        sum(cpu -> cpu.counters().tracedCalls()),
        sum(CpuReport::instructions));
  }

  private List<RunReport.StaleFetch> staleCode() {
    return ending.staleCode().examples().stream().map(this::staleFetch).toList();
  }

  private RunReport.StaleFetch staleFetch(StaleExample one) {
    long pc = shared.sites().virtualOf(one.physical());
    return new RunReport.StaleFetch(
        one.kind().name().toLowerCase(Locale.ROOT),
        one.cpu(),
        one.cycle(),
        nanos(one.cycle()),
        pc,
        shared.symbols().format(pc),
        one.oldWord(),
        one.newWord());
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
}
