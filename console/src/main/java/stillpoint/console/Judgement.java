package stillpoint.console;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import stillpoint.clusterconfig.Expectation;
import stillpoint.kernel.report.RunReport;
import stillpoint.kernel.report.Verdict;

/**
 * A run's report held against the scenario's expectation.
 *
 * @param text {@code met}, {@code not met} or {@code none}
 * @param differences what was expected and what came instead, a line each
 */
record Judgement(String text, List<String> differences, int exitCode) {
  static Judgement of(Optional<Expectation> expect, RunReport report) {
    if (expect.isEmpty()) {
      boolean healthy = report.verdict() == Verdict.HEALTHY;
      return new Judgement("none", List.of(), healthy ? ExitCode.OK : ExitCode.NOT_MET);
    }
    List<String> differences = differences(expect.get(), report);
    return differences.isEmpty()
        ? new Judgement("met", List.of(), ExitCode.OK)
        : new Judgement("not met", differences, ExitCode.NOT_MET);
  }

  private static List<String> differences(Expectation expect, RunReport report) {
    List<String> lines = new ArrayList<>();
    expect.verdict().ifPresent(v -> compare("verdict", v.text(), report.verdict().text(), lines));
    expect
        .patchingCpu()
        .ifPresent(
            cpu -> compare("patching-cpu", "CPU " + cpu, Explanation.patchingCpuOf(report), lines));
    expect
        .waitsFor()
        .ifPresent(
            what ->
                compare(
                    "waits-for",
                    what,
                    report.cycle().isEmpty() ? "nothing" : report.cycle().getFirst().what(),
                    lines));
    RunReport.Counters counters = report.counters();
    compare("words-patched", expect.wordsPatched(), counters.wordsPatched(), lines);
    compare("icache-flushes", expect.icacheFlushes(), counters.icacheFlushes(), lines);
    compare("stale-fetches", expect.staleFetches(), counters.staleFetches(), lines);
    compare("late-stale-fetches", expect.lateStaleFetches(), counters.lateStaleFetches(), lines);
    compare("torn-fetches", expect.tornFetches(), counters.tornFetches(), lines);
    compare("warnings", expect.warnings(), report.warnings().size(), lines);
    expect
        .tracedCpus()
        .ifPresent(
            cpus ->
                compare(
                    "traced-cpus",
                    cpus.toString(),
                    Words.ranges(report.guest().tracedCpus()),
                    lines));
    ofFaults(expect.ofFaults(), report, lines);
    return lines;
  }

  private static void ofFaults(Expectation.OfFaults expect, RunReport report, List<String> lines) {
    expect
        .waitsForCpus()
        .ifPresent(
            cpus ->
                compare(
                    "waits-for-cpus",
                    cpus.toString(),
                    report.cycle().isEmpty()
                        ? "none"
                        : Words.ranges(report.cycle().getFirst().waitsFor()),
                    lines));
    expect
        .fault()
        .ifPresent(n -> compare("fault", String.valueOf(n), String.valueOf(behind(report)), lines));
    expect
        .struck()
        .ifPresent(
            numbers ->
                compare(
                    "struck",
                    numbers.toString(),
                    report.faults().stream()
                        .filter(fault -> fault.count() > 0)
                        .map(RunReport.Fault::number)
                        .toList()
                        .toString(),
                    lines));
    var lockups = report.lockups();
    expect
        .lockupCpus()
        .ifPresent(
            cpus ->
                compare(
                    "lockup-cpus",
                    cpus.toString(),
                    Words.ranges(
                        lockups.stream().map(RunReport.Lockup::cpu).distinct().sorted().toList()),
                    lines));
    expect
        .detectors()
        .ifPresent(
            names ->
                compare(
                    "detectors",
                    names.toString(),
                    lockups.stream()
                        .map(RunReport.Lockup::detector)
                        .distinct()
                        .sorted()
                        .toList()
                        .toString(),
                    lines));
    expect
        .guestFailure()
        .filter(part -> report.guest().failures().stream().noneMatch(line -> line.contains(part)))
        .ifPresent(
            part ->
                compare(
                    "guest-failure",
                    part,
                    report.guest().failures().stream().findFirst().orElse("none"),
                    lines));
  }

  /** Number of the fault behind the verdict, or 0. */
  private static int behind(RunReport report) {
    return report.cycle().isEmpty()
        ? report.lockups().stream().mapToInt(RunReport.Lockup::fault).findFirst().orElse(0)
        : report.cycle().getFirst().fault();
  }

  private static void compare(String key, OptionalLong expected, long came, List<String> lines) {
    expected.ifPresent(n -> compare(key, Long.toString(n), Long.toString(came), lines));
  }

  private static void compare(String key, String expected, String came, List<String> lines) {
    if (!expected.equals(came)) {
      lines.add(
          "expected " + key + " = " + expected + ", came " + (came.isEmpty() ? "none" : came));
    }
  }
}
