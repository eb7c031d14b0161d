package stillpoint.console;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import stillpoint.actors.checkpoint.CheckpointError;
import stillpoint.actors.cluster.LostRun;
import stillpoint.actors.cluster.RefusedNode;
import stillpoint.clusterconfig.Overrides;
import stillpoint.clusterconfig.Scenario;
import stillpoint.clusterconfig.SettingsError;
import stillpoint.machine.time.Placement;

/** {@code stillpoint run}. */
@Command(name = "run", description = "Run a scenario and say how it ended and why.")
final class RunCommand implements Callable<Integer> {
  private static final int MOST_THREADS = 256;
  private static final int MOST_NODES = 64;

  @Parameters(
      paramLabel = "SCENARIO",
      arity = "0..1",
      description = "A file, or a name that 'list' shows.")
  private String scenarioArgument;

  @Option(names = "--seed", paramLabel = "N", description = "Seed of all randomness.")
  private Long seed;

  @Option(
      names = "--cpus",
      paramLabel = "N",
      description = "The board's CPU count; the rest of the board stays.")
  private Integer cpus;

  @Option(
      names = "--set",
      paramLabel = "key=value",
      description = "Override a scenario key, for instance kernel.variant=delayed-flush.")
  private List<String> settings = new ArrayList<>();

  @Option(
      names = "--nodes",
      paramLabel = "N",
      description = "Number of nodes: JVM processes of this host, unless --cluster is given.")
  private Integer nodes;

  @Option(
      names = "--cluster",
      paramLabel = "HOST:PORT[,HOST:PORT...]",
      description = "Run on the nodes of the cluster that these belong to.")
  private String cluster;

  @Mixin private MemberOptions member;

  @Option(
      names = "--wait",
      paramLabel = "TIME",
      description = "How long to wait for the nodes (default: 60s).")
  private String wait = "60s";

  private long waitMillis;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads to run on; changes no result.")
  private Integer threads;

  @Option(names = "--json", description = "Print one JSON document and nothing else.")
  private boolean json;

  @Option(names = "--report", paramLabel = "DIR", description = "Write the whole report there.")
  private Path reportFolder;

  @Option(
      names = "--console",
      paramLabel = "FILE",
      description = "Write the guest's whole console there.")
  private Path consoleFile;

  @Option(
      names = "--reconcile",
      description =
          "Run on 1 and on 2 threads (or --threads) in lock-step and stop at the first event that"
              + " differs; with --threads 1, the plain engine and 1 thread; with --nodes or"
              + " --cluster, one node and these nodes.")
  private boolean reconcile;

  @Mixin private CheckpointOptions checkpointOptions = new CheckpointOptions();

  @Option(names = "--verbose", description = "Show the stack trace of a broken invariant.")
  private boolean verbose;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  private final Services services;
  private final Terminal terminal;

  RunCommand(Services services, Terminal terminal) {
    this.services = services;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    refuseWhatCannotBe();
    ReportFolder report = reportFolder == null ? null : ReportFolder.at(reportFolder);
    ConsoleFile console = consoleFile == null ? null : ConsoleFile.at(consoleFile);
    ScenarioSource source = source();
    Scenario scenario = source.scenario();
    String replay = source.replay();
    scenario.notes().forEach(note -> terminal.err().println("note: " + note));
    Checkpoints checkpoints =
        checkpointOptions.of(scenario, source.guest(), replay, source.checkpoint());
    if (checkpoints.from().isEmpty()) {
      int own = cluster == null && nodes != null ? nodes : 0;
      HostFaults.refuseWhatCannotAct(scenario, own, checkpoints);
    }
    ReportText text = new ReportText(terminal);
    if (!json) {
      text.opening(scenario);
    }
    Finished finished;
    try {
      finished = run(scenario, replay, checkpoints);
    } catch (SimulatorBroke broke) {
      if (report != null) {
        report.writeBroken(scenario, broke);
      }
      if (verbose) {
        terminal.err().print(broke.trace());
      }
      throw broke;
    }
    Judgement judgement = Judgement.of(scenario.expect(), finished.report());
    if (report != null) {
      report.write(scenario, finished, judgement);
    }
    if (console != null) {
      console.write(finished.report().console());
    }
    if (json) {
      terminal.out().println(ReportJson.of(scenario, finished, judgement));
    } else {
      text.closing(scenario, finished, judgement, replay);
    }
    return judgement.exitCode();
  }

  private void refuseWhatCannotBe() {
    if (nodes != null && (nodes < 1 || nodes > MOST_NODES)) {
      throw new UserError("--nodes " + nodes + " is out of range; give 1 .. " + MOST_NODES);
    }
    waitMillis = Durations.millis("--wait", wait);
    if (cluster != null) {
      Endpoint.members("--cluster", cluster);
    }
    if (cluster == null && member.given() != null) {
      throw new UserError(member.given() + " is for runs on a cluster; add --cluster HOST:PORT");
    }
    if (onCluster()
        && threads != null
        && threads * (nodes == null ? 1L : nodes) > Placement.MOST_SHARDS) {
      throw new UserError(
          "--threads %d on each of %s are more than %d in all"
              .formatted(
                  threads, Words.plural(nodes == null ? 1 : nodes, "node"), Placement.MOST_SHARDS));
    }
    if (reconcile && checkpointOptions.any()) {
      throw new UserError(
          "--reconcile runs from the beginning and writes no checkpoints; leave one of them out");
    }
    if (threads != null && (threads < 1 || threads > MOST_THREADS)) {
      throw new UserError("--threads " + threads + " is out of range; give 1 .. " + MOST_THREADS);
    }
  }

  /** The scenario that is named, or the one that a checkpoint holds; if both, they must be one. */
  private ScenarioSource source() {
    if (!checkpointOptions.restores()) {
      return ScenarioSource.ofFile(services, named(), overrides(), this::replayLine);
    }
    ScenarioSource restored =
        ScenarioSource.ofCheckpoint(services, checkpointOptions.from().orElseThrow());
    if (scenarioArgument != null) {
      restored.refuseOther(
          ScenarioSource.ofFile(services, scenarioArgument, overrides(), this::replayLine));
    } else if (seed != null || cpus != null || !settings.isEmpty()) {
      throw new UserError(
          "--seed, --cpus and --set cannot be with --restore: a checkpoint holds its whole"
              + " scenario; leave them out, or run the scenario from its beginning");
    }
    terminal.err().println("note: goes on " + restored.where());
    return restored;
  }

  private String named() {
    if (scenarioArgument == null) {
      throw new UserError(
          "run needs a SCENARIO, or --restore DIR; './stillpoint list' names all scenarios");
    }
    return scenarioArgument;
  }

  private Overrides overrides() {
    return new Overrides(
        seed == null ? OptionalLong.empty() : OptionalLong.of(seed),
        cpus == null ? OptionalInt.empty() : OptionalInt.of(cpus),
        settings);
  }

  private boolean onCluster() {
    return cluster != null || (nodes != null && nodes > 1);
  }

  private Finished run(Scenario scenario, String replay, Checkpoints checkpoints) {
    if (onCluster()) {
      HostFaults faults = new HostFaults(scenario, checkpoints);
      Consumer<String> notes =
          line -> {
            faults.said(line);
            terminal.err().println("cluster: " + line);
          };
      var options = new Runner.Options(threads == null ? 1 : threads, checkpoints);
      try (ClusterRunner runner =
              cluster == null
                  ? ClusterRunner.onThisHost(nodes, waitMillis, faults.javaOptions(), notes)
                  : ClusterRunner.of(
                      Endpoint.members("--cluster", cluster),
                      member,
                      nodes == null ? 0 : nodes,
                      waitMillis,
                      notes);
          HostFaults.Watch _ = faults.watch(runner.children(), notes)) {
        runner.crash(faults.crashes());
        return reconcile
            ? reconciledOnNodes(runner, scenario, replay)
            : faults.toldIn(runGuarded(runner, scenario, options, replay));
      }
    }
    if (!reconcile) {
      int count = threads == null ? Runner.Options.AUTOMATIC : threads;
      var options = new Runner.Options(count, checkpoints);
      return runGuarded(services.runner(), scenario, options, replay);
    }
    boolean againstPlain = threads != null && threads == 1;
    var one = new Runner.Options(againstPlain ? Runner.Options.NO_ACTORS : 1);
    var other = new Runner.Options(againstPlain ? 1 : threads == null ? 2 : threads);
    Finished both =
        guarded(
            () -> services.runner().reconcile(scenario.setup(), one, other),
            replay + " --reconcile" + (threads == null ? "" : " --threads " + threads));
    terminal
        .err()
        .println(
            "reconcile: %s and %s gave one digest".formatted(one.describe(), other.describe()));
    return both;
  }

  private Finished reconciledOnNodes(ClusterRunner runner, Scenario scenario, String replay) {
    int count = threads == null ? 1 : threads;
    String name =
        "%s of %s"
            .formatted(
                nodes == null ? "the nodes there" : Words.plural(nodes, "node"),
                Words.plural(count, "thread"));
    String line =
        "%s --reconcile --nodes %s --threads %d"
            .formatted(replay, nodes == null ? "2" : nodes.toString(), count);
    Finished both = guarded(() -> runner.reconcile(scenario.setup(), count, name), line);
    terminal.err().println("reconcile: one node and " + name + " gave one digest");
    return both;
  }

  /** Runs; whatever the simulator throws comes out as what it is, its own fault. */
  static Finished runGuarded(
      Runner runner, Scenario scenario, Runner.Options options, String replay) {
    return guarded(() -> runner.run(scenario.setup(), options), replay);
  }

  private static Finished guarded(Supplier<Finished> run, String replay) {
    try {
      return run.get();
    } catch (UserError | LostRun | RefusedNode | SettingsError | CheckpointError e) {
      throw e;
    } catch (RuntimeException | OutOfMemoryError | StackOverflowError | AssertionError e) {
      throw new SimulatorBroke(e, replay);
    }
  }

  private String replayLine(String file, Scenario scenario) {
    StringBuilder line = new StringBuilder(replayLine(file, scenario.setup().seed()));
    if (cpus != null) {
      line.append(" --cpus ").append(cpus);
    }
    for (String setting : settings) {
      line.append(" --set ").append(shellQuoted(setting));
    }
    return line.toString();
  }

  static String replayLine(String file, long seed) {
    return "./stillpoint run " + shellQuoted(file) + " --seed " + seed;
  }

  private static String shellQuoted(String text) {
    return text.matches("[\\w./=+:@%,-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
