package stillpoint.console;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import stillpoint.clusterconfig.Scenario;
import stillpoint.kernel.report.Verdict;

/** What an exploration found, as replay files: of each cause but healthy ones the first and the smallest run. */
final class Findings {
  private static final long SHRINK_NANOS = TimeUnit.SECONDS.toNanos(50);

  private final Services services;
  private final ScenarioSource source;
  private final Variations variations;
  private final ResultsFolder results;
  private final Terminal terminal;

  /**
   * A cause and its files; none where the simulator broke a rule of its own before a digest was there.
   *
   * @param decisions in the shrunk one
   */
  record Kept(
      CauseGroups.Group group,
      Optional<Path> first,
      Optional<Path> smallest,
      Optional<Path> shrunk,
      long decisions) {}

  Findings(
      Services services,
      ScenarioSource source,
      Variations variations,
      ResultsFolder results,
      Terminal terminal) {
    this.services = services;
    this.source = source;
    this.variations = variations;
    this.results = results;
    this.terminal = terminal;
  }

  List<Kept> keep(CauseGroups groups, boolean shrink, BooleanSupplier stop) {
    List<Kept> kept = new ArrayList<>();
    for (CauseGroups.Group group : groups.all()) {
      boolean healthy = group.first().verdict().equals(Verdict.HEALTHY.text());
      if (!healthy) {
        kept.add(keep(group, shrink && !stop.getAsBoolean(), stop));
      }
    }
    return kept;
  }

  private Kept keep(CauseGroups.Group group, boolean shrink, BooleanSupplier stop) {
    String name = group.first().signature();
    Path first = write(group.first(), name + "-first.replay");
    Path smallest =
        group.smallest().equals(group.first())
            ? first
            : write(group.smallest(), name + "-smallest.replay");
    boolean broken = group.first().verdict().equals(ExploredRun.BROKEN);
    if (!shrink || broken) {
      return new Kept(group, Optional.of(first), Optional.of(smallest), Optional.empty(), 0);
    }
    terminal.err().println("shrink: " + group.first().cause());
    Shrinker.Shrunk shrunk = shrunk(services, finding(group.smallest()), stop, terminal);
    Path file =
        results.write(name + "-shrunk.replay", new ReplayFile(services).bytes(shrunk.finding()));
    return new Kept(
        group,
        Optional.of(first),
        Optional.of(smallest),
        Optional.of(file),
        shrunk.finding().scenario().setup().schedule().delays().size());
  }

  /** Makes a finding smaller, for at most a minute. */
  static Shrinker.Shrunk shrunk(
      Services services, Finding finding, BooleanSupplier stop, Terminal terminal) {
    long end = System.nanoTime() + SHRINK_NANOS;
    Shrinker.Shrunk shrunk =
        new Shrinker(
                services.elfs(),
                finding,
                () -> stop.getAsBoolean() || System.nanoTime() - end > 0,
                line -> terminal.err().println("shrink:   " + line))
            .shrink();
    terminal
        .err()
        .println(
            "shrink:   %s after %s"
                .formatted(
                    shrunk.minimal() ? "no single part can go" : "time is up, more could go",
                    Words.plural(shrunk.runs(), "run")));
    return shrunk;
  }

  private Path write(ExploredRun run, String name) {
    return results.write(name, new ReplayFile(services).bytes(finding(run)));
  }

  private Finding finding(ExploredRun run) {
    Scenario scenario = source.scenario().with(variations.setup(run.run()));
    return new Finding(
        scenario,
        source.guest(),
        run.verdict(),
        run.signature(),
        run.cause(),
        run.digest(),
        BuildMark.own());
  }
}
