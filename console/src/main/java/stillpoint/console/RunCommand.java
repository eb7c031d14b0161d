package stillpoint.console;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import stillpoint.actors.cluster.LostRun;
import stillpoint.clusterconfig.Overrides;
import stillpoint.clusterconfig.Scenario;
import stillpoint.actors.cluster.RefusedNode;
import stillpoint.clusterconfig.SettingsError;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.Placement;

/** {@code stillpoint run}. */
@Command(name = "run", description = "Run a scenario and say how it ended and why.")
final class RunCommand implements Callable<Integer> {
  private static final int MOST_THREADS = 256;
  private static final int MOST_NODES = 64;

  @Parameters(paramLabel = "SCENARIO", description = "A file, or a name that 'list' shows.")
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

  @Option(names = "--reconcile", description = "Run on 1 and on 2 threads and compare the digests.")
  private boolean reconcile;

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
    ScenarioFiles files = new ScenarioFiles(services);
    Path file = files.find(scenarioArgument);
    Scenario scenario = files.read(file, overrides());
    scenario.notes().forEach(note -> terminal.err().println("note: " + note));
    String replay = replayLine(files.shortest(file).toString(), scenario);
    ReportText text = new ReportText(terminal);
    if (!json) {
      text.opening(scenario);
    }
    Finished finished;
    try {
      finished = run(scenario, replay);
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
    if (reconcile && onCluster()) {
      throw new UserError("--reconcile compares runs of one node; leave --nodes and --cluster out");
    }
    if (cluster == null && member.given() != null) {
      throw new UserError(member.given() + " is for runs on a cluster; add --cluster HOST:PORT");
    }
    if (onCluster() && threads != null && threads * (nodes == null ? 1L : nodes) > Placement.MOST_SHARDS) {
      throw new UserError(
          "--threads %d on each of %s are more than %d in all"
              .formatted(
                  threads,
                  Words.plural(nodes == null ? 1 : nodes, "node"),
                  Placement.MOST_SHARDS));
    }
    if (threads != null && (threads < 1 || threads > MOST_THREADS)) {
      throw new UserError("--threads " + threads + " is out of range; give 1 .. " + MOST_THREADS);
    }
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

  private Finished run(Scenario scenario, String replay) {
    if (onCluster()) {
      Consumer<String> notes = line -> terminal.err().println("cluster: " + line);
      long waitMillis = Durations.millis("--wait", wait);
      try (ClusterRunner runner =
          cluster == null
              ? ClusterRunner.onThisHost(nodes, waitMillis, notes)
              : ClusterRunner.of(
                  Endpoint.members("--cluster", cluster),
                  member,
                  nodes == null ? 0 : nodes,
                  waitMillis,
                  notes)) {
        return runGuarded(runner, scenario, threads == null ? 1 : threads, replay);
      }
    }
    if (!reconcile) {
      return run(scenario, threads == null ? Runner.Options.AUTOMATIC : threads, replay);
    }
    Finished one = run(scenario, 1, replay);
    Finished two = run(scenario, 2, replay);
    if (!one.digest().equals(two.digest())) {
      throw new SimulatorBroke(
          new BrokenInvariant("1 thread gave " + one.digest() + ", 2 threads gave " + two.digest()),
          replay);
    }
    terminal.err().println("reconcile: 1 and 2 threads gave one digest");
    return two;
  }

  private Finished run(Scenario scenario, int threadCount, String replay) {
    return runGuarded(services.runner(), scenario, threadCount, replay);
  }

  /** Runs; whatever the simulator throws comes out as what it is, its own fault. */
  static Finished runGuarded(Runner runner, Scenario scenario, int threadCount, String replay) {
    try {
      return runner.run(scenario.setup(), new Runner.Options(threadCount));
    } catch (UserError | LostRun | RefusedNode | SettingsError e) {
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
