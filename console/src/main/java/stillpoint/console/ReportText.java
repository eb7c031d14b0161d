package stillpoint.console;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import stillpoint.clusterconfig.Scenario;
import stillpoint.kernel.report.RunReport;
import stillpoint.kernel.report.Verdict;
import stillpoint.machine.board.Board;

/** A run as a person reads it: what was run, how it ended and why, then the figures. */
final class ReportText {
  private static final int CONSOLE_LINES = 12;
  private static final int TRACE_LINES = 4;
  private static final int FAILURE_LINES = 8;

  private final Terminal terminal;
  private final PrintWriter out;

  ReportText(Terminal terminal) {
    this.terminal = terminal;
    this.out = terminal.out();
  }

  /** Before the run: what is about to happen. */
  void opening(Scenario scenario) {
    out.println(terminal.bold(scenario.name()));
    if (!scenario.about().isEmpty()) {
      out.println(scenario.about());
    }
    heading("scenario");
    // the sentence stands above already
    scenario.effective().lines().skip(1).forEach(this::line);
    Board board = scenario.setup().board();
    heading("interconnect");
    line(InterconnectText.topology(board));
    heading("lookahead");
    InterconnectText.lookahead(board).forEach(this::line);
    out.flush();
  }

  void closing(Scenario scenario, Finished finished, Judgement judgement, String replay) {
    RunReport report = finished.report();
    verdict(report);
    if (report.verdict() != Verdict.HEALTHY) {
      section("stacks", Explanation.stacks(report.cpus()));
    }
    section("warnings", report.warnings());
    section("lockups", report.lockups().stream().map(Explanation::lockup).toList());
    section("faults", report.faults().stream().map(Explanation::fault).toList());
    section("guest failures", head(report.guest().failures(), FAILURE_LINES));
    heading("counters");
    counters(finished);
    section("stale code, first executions", Explanation.staleCode(report.staleCode()));
    heading("trace");
    trace(report);
    section("guest console, last lines", tail(report.console(), CONSOLE_LINES));
    heading("expectation");
    expectation(judgement, report);
    heading("run");
    line("replay  " + replay);
    line("digest  " + finished.digest());
    line(String.format(Locale.ROOT, "wall    %.3f s", finished.wallMs() / 1000.0));
    out.flush();
  }

  /** The verdict and its explanation. */
  void verdict(RunReport report) {
    heading("verdict");
    line(
        painted(report.verdict())
            + " at "
            + Words.time(report.verdictAtNanos())
            + ": "
            + Explanation.meaningOf(report));
    section("why", Explanation.waits(report.cycle()));
  }

  String painted(Verdict verdict) {
    String text = verdict.text();
    return switch (verdict) {
      case HEALTHY -> terminal.good(text);
      case WARNINGS, LIMIT_REACHED -> terminal.doubtful(text);
      case DEADLOCK, LOST_MESSAGE, LIVELOCK, LOCKUP, UNDEFINED_EXECUTION, GUEST_FAULT ->
          terminal.bad(text);
    };
  }

  private void counters(Finished finished) {
    RunReport.Counters counters = finished.report().counters();
    number("words patched", counters.wordsPatched());
    number("icache flushes", counters.icacheFlushes());
    for (Map.Entry<String, RunReport.IpiCount> ipi : counters.ipis().entrySet()) {
      line(
          String.format(
              Locale.ROOT,
              "%-22s %,14d sent %,14d taken",
              ipi.getKey() + " IPIs",
              ipi.getValue().sent(),
              ipi.getValue().taken()));
    }
    number("stale fetches", counters.staleFetches());
    number("late stale fetches", counters.lateStaleFetches());
    number("torn fetches", counters.tornFetches());
    number("traced calls", counters.tracedCalls());
    number("guest passes", finished.report().guest().passes());
    number("instructions", counters.instructions());
    number("events", finished.events());
    number("windows", finished.windows());
  }

  private void trace(RunReport report) {
    List<String> calls = Explanation.tracedCalls(report);
    List<Integer> cpus = report.guest().tracedCpus();
    line(
        Words.plural(calls.size(), "traced call")
            + (cpus.isEmpty() ? "" : ", on " + Words.cpus(cpus)));
    calls.stream().limit(TRACE_LINES).forEach(this::line);
  }

  private void expectation(Judgement judgement, RunReport report) {
    switch (judgement.text()) {
      case "met" -> line(terminal.good("met"));
      case "none" -> line("none given; the verdict is " + report.verdict().text());
      default -> {
        line(terminal.bad("not met"));
        judgement.differences().forEach(this::line);
      }
    }
  }

  private void number(String name, long value) {
    line(String.format(Locale.ROOT, "%-22s %,14d", name, value));
  }

  private void section(String title, List<String> lines) {
    if (!lines.isEmpty()) {
      heading(title);
      lines.forEach(this::line);
    }
  }

  void heading(String title) {
    out.println();
    out.println(terminal.bold(title));
  }

  void line(String text) {
    out.println("  " + text);
  }

  private static List<String> head(List<String> lines, int most) {
    if (lines.size() <= most) {
      return lines;
    }
    List<String> head = new java.util.ArrayList<>(lines.subList(0, most));
    head.add("... and " + Words.count(lines.size() - most) + " more");
    return head;
  }

  private static List<String> tail(List<String> lines, int most) {
    return lines.subList(Math.max(0, lines.size() - most), lines.size());
  }
}
