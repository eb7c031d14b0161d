package stillpoint.console;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import stillpoint.actors.cluster.LostRun;
import stillpoint.clusterconfig.Overrides;
import stillpoint.clusterconfig.Scenario;
import stillpoint.clusterconfig.VirtualTime;
import stillpoint.kernel.report.Verdict;
import stillpoint.machine.explore.Strategy;

/** {@code stillpoint explore}. */
@Command(
    name = "explore",
    description =
        "Run many legal variations of a scenario and group what they come to by its cause.")
final class ExploreCommand implements Callable<Integer> {
  private static final int MOST_THREADS = 256;
  private static final int MOST_DEPTH = 32;
  private static final int MOST_MINUTES = 100_000;
  private static final long MOST_SEEDS = 1_000_000_000;

  /** Half of the span after which an IPI may be called lost: more says nothing new of links. */
  private static final long MOST_REACH_NANOS = 1_000_000_000;

  @Parameters(paramLabel = "SCENARIO", description = "A file, or a name that 'list' shows.")
  private String scenarioArgument;

  @Option(names = "--seeds", paramLabel = "N", description = "How many variations.")
  private Long seeds;

  @Option(names = "--minutes", paramLabel = "M", description = "Begin none after so long.")
  private Integer minutes;

  @Option(
      names = "--strategy",
      paramLabel = "NAME",
      description = "random, pct, chaos or swarm (default: ${DEFAULT-VALUE}).")
  private String strategyName = "random";

  @Option(
      names = "--depth",
      paramLabel = "D",
      description = "Of the bugs that pct looks for: D - 1 changes of priority (default: 3).")
  private int depth = 3;

  @Option(
      names = "--reach",
      paramLabel = "VIRTUAL_TIME",
      description = "The longest delay (default: ${DEFAULT-VALUE}).")
  private String reach = "20us";

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Runs at a time, on each node (default: one a core).")
  private Integer threads;

  @Option(
      names = "--shrink",
      description = "Make the smallest example of each cause smaller still.")
  private boolean shrink;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where results go (default: explored/).")
  private String out;

  @Option(names = "--resume", description = "Go on with the exploration in --out.")
  private boolean resume;

  @Mixin private ExploringNodes nodes = new ExploringNodes();

  @Option(names = "--seed", paramLabel = "N", description = "Seed that all variations come from.")
  private Long seed;

  @Option(names = "--cpus", paramLabel = "N", description = "The board's CPU count.")
  private Integer cpus;

  @Option(names = "--set", paramLabel = "key=value", description = "Override a scenario key.")
  private List<String> settings = new ArrayList<>();

  @Option(names = "--json", description = "Print one JSON document and nothing else.")
  private boolean json;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  private final Services services;
  private final Terminal terminal;

  ExploreCommand(Services services, Terminal terminal) {
    this.services = services;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Strategy strategy = strategy();
    long reachNanos = reachNanos();
    refuseWhatCannotBe();
    ScenarioSource source =
        ScenarioSource.ofFile(services, scenarioArgument, overrides(), (file, _) -> file);
    source.scenario().notes().forEach(note -> terminal.err().println("note: " + note));
    Path folder = ResultsFolder.choose(out, source.scenario().name(), resume);
    refusePlans(source.scenario());
    Variations.How how = new Variations.How(strategy, depth, reachNanos);
    Variations variations = new Variations(source.scenario().setup(), how);
    try (Explorer explorer = explorer(source.scenario(), variations, how);
        ResultsFolder results =
            ResultsFolder.open(folder, head(source, strategy, reachNanos), resume);
        StopOnSignal signal = new StopOnSignal()) {
      return explore(new Parts(source, variations, explorer, results), strategy, signal::stopped);
    }
  }

  private Explorer explorer(Scenario scenario, Variations variations, Variations.How how) {
    if (nodes.wanted()) {
      Consumer<String> notes = line -> terminal.err().println("cluster: " + line);
      return nodes.explorer(scenario.setup(), how, threads == null ? 0 : threads, notes);
    }
    int workers = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    return new Exploration(variations, workers);
  }

  /** What explores what, and where results go. */
  private record Parts(
      ScenarioSource source, Variations variations, Explorer explorer, ResultsFolder results) {}

  private int explore(Parts parts, Strategy strategy, BooleanSupplier stop) {
    CauseGroups groups = new CauseGroups();
    long started = System.nanoTime();
    Optional<LostRun> lost = make(parts, groups, strategy, started, stop);
    Findings findings =
        new Findings(services, parts.source(), parts.variations(), parts.results(), terminal);
    List<Findings.Kept> kept = findings.keep(groups, shrink && lost.isEmpty(), stop);
    ExploreSummary summary =
        new ExploreSummary(
            new ExploreSummary.Asked(
                parts.source().scenario().name(),
                strategy,
                depth,
                runs(),
                stop.getAsBoolean() || lost.isPresent()),
            groups,
            kept,
            expected(parts.source().scenario()),
            parts.results().folder(),
            (System.nanoTime() - started) / 1_000_000);
    if (json) {
      terminal.out().println(summary.json());
    } else {
      summary.print(terminal);
    }
    terminal.out().flush();
    if (lost.isPresent()) {
      throw new LostRun(
          "%s; %s kept, repeat the command with --out %s --resume to go on"
              .formatted(
                  lost.get().getMessage(),
                  Words.plural(groups.count(), "run") + (groups.count() == 1 ? " is" : " are"),
                  parts.results().folder()));
    }
    return summary.exitCode();
  }

  private long runs() {
    return seeds == null ? Long.MAX_VALUE : seeds;
  }

  /** Makes the runs; if all who could make them were lost, says so. */
  private Optional<LostRun> make(
      Parts parts, CauseGroups groups, Strategy strategy, long started, BooleanSupplier stop) {
    long runs = runs();
    long limit = minutes == null ? Long.MAX_VALUE : TimeUnit.MINUTES.toNanos(minutes);
    ResultsFolder results = parts.results();
    if (!json) {
      terminal
          .out()
          .println(
              "%s: %s, depth %d, delays up to %s, %s; undisturbed: %s"
                  .formatted(
                      terminal.bold(parts.source().scenario().name()),
                      strategy.name().toLowerCase(Locale.ROOT),
                      depth,
                      reach,
                      parts.explorer().where(),
                      parts.variations().undisturbed().cause().text()));
      parts
          .variations()
          .commonStart()
          .ifPresent(
              cycle ->
                  terminal
                      .out()
                      .println(
                          "all begin alike and go on from %s, where a snapshot was taken once"
                              .formatted(
                                  Words.time(
                                      parts.source().scenario().setup().board().nanosAt(cycle)))));
      terminal.out().flush();
    }
    results.before().stream().filter(run -> run.run() < runs).forEach(groups::add);
    var progress =
        new ExploreProgress(
            terminal.err(),
            Boolean.getBoolean("stillpoint.terminal.err"),
            runs,
            groups.count(),
            limit);
    try {
      parts
          .explorer()
          .run(
              new Explorer.Wanted(
                  runs, results.before(), stop, () -> System.nanoTime() - started > limit),
              run -> {
                results.append(run);
                groups.add(run);
                progress.show(groups);
              });
      return Optional.empty();
    } catch (LostRun lost) {
      return Optional.of(lost);
    } finally {
      progress.end();
    }
  }

  private static Optional<Verdict> expected(Scenario scenario) {
    return scenario.expect().flatMap(expect -> expect.verdict());
  }

  /** Equal lines are one exploration: runs of the same numbers are the same runs. */
  private String head(ScenarioSource source, Strategy strategy, long reachNanos) {
    String what = source.scenario().effective() + ReplayFile.sha256(source.guest());
    return "{\"exploration\":1,\"stillpoint\":\"%s\",\"scenario\":\"%s\",\"strategy\":\"%s\",\"depth\":%d,\"reach_ns\":%d,\"sha256\":\"%s\"}"
        .formatted(
            Versions.stillpoint(),
            source.scenario().name().replaceAll("[\"\\\\]", "_"),
            strategy.name().toLowerCase(Locale.ROOT),
            depth,
            reachNanos,
            ReplayFile.sha256(what.getBytes(StandardCharsets.UTF_8)));
  }

  // ---- input
  // ------------------------------------------------------------------------------------------

  private Strategy strategy() {
    for (Strategy one : Strategy.values()) {
      if (one.name().toLowerCase(Locale.ROOT).equals(strategyName)) {
        return one;
      }
    }
    throw new UserError(
        "--strategy " + strategyName + " does not exist; give random, pct, chaos or swarm");
  }

  private long reachNanos() {
    long nanos = VirtualTime.nanosOf("--reach", reach);
    if (nanos < 1 || nanos > MOST_REACH_NANOS) {
      throw new UserError("--reach " + reach + " is out of range; give 1ns .. 1s");
    }
    return nanos;
  }

  private void refuseWhatCannotBe() {
    nodes.wanted();
    if (seeds == null && minutes == null) {
      throw new UserError("explore needs --seeds N or --minutes M; add for instance --seeds 1000");
    }
    within("--seeds", seeds, MOST_SEEDS);
    within("--minutes", minutes == null ? null : (long) minutes, MOST_MINUTES);
    within("--depth", (long) depth, MOST_DEPTH);
    within("--threads", threads == null ? null : (long) threads, MOST_THREADS);
  }

  private static void within(String option, Long value, long most) {
    if (value != null && (value < 1 || value > most)) {
      throw new UserError(option + " " + value + " is out of range; give 1 .. " + most);
    }
  }

  private void refusePlans(Scenario scenario) {
    if (!scenario.setup().schedule().quiet()) {
      throw new UserError(
          scenario.name()
              + " has a schedule of its own; take that key out, or use './stillpoint replay'");
    }
    if (!scenario.hostFaults().isEmpty()) {
      throw new UserError(
          scenario.name()
              + " has faults of hosts, which change no result of the machine; take them out to"
              + " explore");
    }
  }

  private Overrides overrides() {
    return new Overrides(
        seed == null ? OptionalLong.empty() : OptionalLong.of(seed),
        cpus == null ? OptionalInt.empty() : OptionalInt.of(cpus),
        settings);
  }
}
