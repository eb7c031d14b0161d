package stillpoint.console;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import stillpoint.kernel.report.Verdict;
import stillpoint.machine.explore.Strategy;

/**
 * An exploration as a table, or as a JSON document.
 *
 * @param expected verdict of the scenario's expectation: to find it is no surprise
 */
record ExploreSummary(
    Asked asked,
    CauseGroups groups,
    List<Findings.Kept> findings,
    Optional<Verdict> expected,
    Path folder,
    long wallMs) {
  /**
   * What was asked for.
   *
   * @param runs wanted; Long.MAX_VALUE if time alone ended it
   * @param stopped before the end, by a signal
   */
  record Asked(String scenario, Strategy strategy, int depth, long runs, boolean stopped) {}

  private boolean expected(String verdict) {
    return verdict.equals(Verdict.HEALTHY.text())
        || expected.map(Verdict::text).filter(verdict::equals).isPresent();
  }

  int exitCode() {
    boolean broken = groups.verdicts().containsKey(ExploredRun.BROKEN);
    boolean surprise = groups.verdicts().keySet().stream().anyMatch(verdict -> !expected(verdict));
    return broken ? ExitCode.BROKEN_INVARIANT : surprise ? ExitCode.NOT_MET : ExitCode.OK;
  }

  void print(Terminal terminal) {
    var out = terminal.out();
    out.println();
    out.println(
        "%s%s in %s s, results in %s"
            .formatted(
                Words.plural(groups.count(), "run"),
                asked.stopped() ? " (stopped; --resume goes on)" : "",
                String.format(Locale.ROOT, "%.1f", wallMs / 1000.0),
                folder));
    out.println(terminal.bold("%8s  %-9s  %s".formatted("runs", "signature", "cause")));
    for (CauseGroups.Group group : groups.all()) {
      String verdict = group.first().verdict();
      String line =
          "%8s  %-9s  %s%s"
              .formatted(
                  Words.count(group.count()),
                  group.first().signature(),
                  group.first().cause(),
                  expected(verdict) && !verdict.equals(Verdict.HEALTHY.text())
                      ? " (expected)"
                      : "");
      out.println(expected(verdict) ? line : terminal.bad(line));
    }
    for (Findings.Kept kept : findings) {
      out.println();
      out.println(
          terminal.bold(kept.group().first().signature()) + " " + kept.group().first().cause());
      example(terminal, "first", kept.group().first(), kept.first());
      if (!kept.first().equals(kept.smallest())) {
        example(terminal, "smallest", kept.group().smallest(), kept.smallest());
      }
      kept.shrunk()
          .ifPresent(
              file ->
                  out.println(
                      "  shrunk:   %s; ./stillpoint replay %s --explain"
                          .formatted(Words.plural(kept.decisions(), "decision"), file)));
    }
  }

  private static void example(
      Terminal terminal, String what, ExploredRun run, Optional<Path> file) {
    terminal
        .out()
        .println(
            "  %-9s run %s, %s, %s of lateness%s"
                .formatted(
                    what + ":",
                    Words.count(run.run()),
                    Words.plural(run.decisions(), "decision"),
                    Words.plural(run.lateCycles(), "cycle"),
                    file.map(path -> "; ./stillpoint replay " + path).orElse("")));
  }

  String json() {
    ObjectNode document = new ObjectMapper().createObjectNode();
    document.put("scenario", asked.scenario());
    document.put("strategy", asked.strategy().name().toLowerCase(Locale.ROOT));
    document.put("depth", asked.depth());
    document.put("runs", groups.count());
    document.put("stopped", asked.stopped());
    ObjectNode verdicts = document.putObject("verdicts");
    groups.verdicts().forEach(verdicts::put);
    var list = document.putArray("causes");
    for (CauseGroups.Group group : groups.all()) {
      ObjectNode one = list.addObject();
      one.put("signature", group.first().signature());
      one.put("verdict", group.first().verdict());
      one.put("cause", group.first().cause());
      one.put("expected", expected(group.first().verdict()));
      one.put("runs", group.count());
      findings.stream()
          .filter(kept -> kept.group() == group || kept.group().equals(group))
          .findFirst()
          .ifPresent(
              kept -> {
                example(one.putObject("first"), group.first(), kept.first());
                example(one.putObject("smallest"), group.smallest(), kept.smallest());
                kept.shrunk()
                    .ifPresent(
                        file ->
                            one.putObject("shrunk")
                                .put("decisions", kept.decisions())
                                .put("file", file.toString()));
              });
    }
    document.put("folder", folder.toString());
    document.put("wall_ms", wallMs);
    return document.toString();
  }

  private static void example(ObjectNode node, ExploredRun run, Optional<Path> file) {
    node.put("run", run.run());
    node.put("decisions", run.decisions());
    node.put("late_cycles", run.lateCycles());
    node.put("digest", run.digest());
    file.ifPresent(path -> node.put("file", path.toString()));
  }
}
