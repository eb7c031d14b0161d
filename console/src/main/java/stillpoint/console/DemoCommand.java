package stillpoint.console;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import stillpoint.clusterconfig.Overrides;
import stillpoint.clusterconfig.Scenario;
import stillpoint.kernel.report.RunReport;
import stillpoint.machine.board.Board;

/** {@code stillpoint demo}: the hang of 2010, the machine that did not hang, and the fix. */
@Command(name = "demo", description = "Tell a hang of 2010 in three runs: the hang, why, the fix.")
final class DemoCommand implements Callable<Integer> {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  private final Services services;
  private final Terminal terminal;
  private final ReportText text;

  DemoCommand(Services services, Terminal terminal) {
    this.services = services;
    this.terminal = terminal;
    this.text = new ReportText(terminal);
  }

  /**
   * One run of the story.
   *
   * @param column its name in the table
   */
  private record Act(String column, String title, String scenario, List<String> before) {}

  private record Played(Act act, Scenario scenario, Finished finished, Judgement judgement) {}

  private static final List<Act> ACTS =
      List.of(
          new Act(
              "the hang",
              "1. The hang",
              "ftrace-hang-xls",
              List.of(
                  "ftrace rewrites its call sites inside stop_machine(), which holds every other",
                  "CPU with irqs off. After each word it flushes the instruction caches: an IPI to",
                  "every other CPU, and a wait for each.")),
          new Act(
              "Octeon",
              "2. The machine that does not hang",
              "ftrace-octeon",
              List.of(
                  "David Daney answers: 16-way Octeon runs the same code and lives. Its flush sets",
                  "a mailbox bit on every other core and goes on; each core takes the interrupt",
                  "once, when its irqs come back on.")),
          new Act(
              "the fix",
              "3. The fix",
              "ftrace-delayed-flush",
              List.of(
                  "On the board that hung: no flush inside stop_machine(), and one of all",
                  "instruction caches when the machine runs again.")));

  @Override
  public Integer call() {
    terminal.out().println(terminal.bold("Stillpoint: a hang of 2010, its cause, and its fix"));
    terminal.out().println();
    text.line("Wu Zhangjin types one line on a 16-CPU MIPS board, and the board hangs, silently:");
    text.line("  echo function > /debug/tracing/current_tracer");
    List<Played> played = new ArrayList<>();
    for (Act act : ACTS) {
      played.add(play(act));
    }
    table(played);
    text.heading("look closer");
    text.line("./stillpoint run scenarios/ftrace-hang-xls.conf");
    text.line("./stillpoint run scenarios/ftrace-hang-xls.conf --set kernel.variant=delayed-flush");
    text.line("./stillpoint run scenarios/ftrace-hang-xls.conf --cpus 64");
    text.line("./stillpoint list");
    terminal.out().flush();
    boolean allMet = played.stream().allMatch(p -> p.judgement().text().equals("met"));
    return allMet ? ExitCode.OK : ExitCode.NOT_MET;
  }

  private Played play(Act act) {
    ScenarioFiles files = new ScenarioFiles(services);
    Path file = files.find(act.scenario());
    Scenario scenario = files.read(file, Overrides.NONE);
    text.heading(act.title());
    act.before().forEach(text::line);
    text.line("");
    Board board = scenario.setup().board();
    text.line(
        terminal.dim(
            board.name()
                + ", "
                + Words.plural(board.cpuCount(), "CPU")
                + ", seed "
                + scenario.setup().seed()
                + ", "
                + files.shortest(file)));
    terminal.out().flush();
    String replay = RunCommand.replayLine(files.shortest(file).toString(), scenario.setup().seed());
    Finished finished =
        RunCommand.runGuarded(
            services.runner(), scenario, new Runner.Options(Runner.Options.AUTOMATIC), replay);
    Judgement judgement = Judgement.of(scenario.expect(), finished.report());
    outcome(finished);
    for (String difference : judgement.differences()) {
      text.line(terminal.bad("not as expected: ") + difference);
    }
    return new Played(act, scenario, finished, judgement);
  }

  private void outcome(Finished finished) {
    RunReport report = finished.report();
    text.line(
        text.painted(report.verdict())
            + " at "
            + Words.time(report.verdictAtNanos())
            + ": "
            + Explanation.meaningOf(report)
            + ".");
    Explanation.waits(report.cycle()).forEach(text::line);
    for (String warning : report.warnings()) {
      text.line("the guest's kernel warned: " + warning);
    }
    List<String> calls = Explanation.tracedCalls(report);
    if (!calls.isEmpty()) {
      text.line(
          Words.plural(calls.size(), "traced call")
              + " on "
              + Words.cpus(report.guest().tracedCpus())
              + "; the first:");
      text.line("  " + calls.getFirst().strip());
    }
  }

  private void table(List<Played> played) {
    text.heading("Side by side");
    row("", played, p -> p.act().column());
    row("board", played, p -> p.scenario().setup().board().name());
    row("verdict", played, p -> p.finished().report().verdict().text());
    counter("words patched", played, RunReport.Counters::wordsPatched);
    counter("icache flushes", played, RunReport.Counters::icacheFlushes);
    for (String kind : List.of("call-function", "icache-flush", "resched")) {
      row(kind + " IPIs", played, p -> ipis(p.finished().report().counters().ipis().get(kind)));
    }
    counter("late stale fetches", played, RunReport.Counters::lateStaleFetches);
    counter("torn fetches", played, RunReport.Counters::tornFetches);
    row("CPUs traced", played, p -> "" + p.finished().report().guest().tracedCpus().size());
    row("as expected", played, p -> p.judgement().text().equals("met") ? "yes" : "NO");
    text.line(terminal.dim("(IPIs: sent / taken)"));
  }

  private static String ipis(RunReport.IpiCount count) {
    return count == null ? "0 / 0" : Words.count(count.sent()) + " / " + Words.count(count.taken());
  }

  private void counter(
      String name, List<Played> played, Function<RunReport.Counters, Long> counter) {
    row(name, played, p -> Words.count(counter.apply(p.finished().report().counters())));
  }

  private void row(String name, List<Played> played, Function<Played, String> cell) {
    StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-20s", name));
    for (Played one : played) {
      line.append(String.format(Locale.ROOT, "%17s", cell.apply(one)));
    }
    text.line(line.toString());
  }
}
