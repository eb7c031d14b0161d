package stillpoint.console;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import stillpoint.clusterconfig.Scenario;
import stillpoint.kernel.explore.Cause;
import stillpoint.machine.time.BrokenInvariant;

/** {@code stillpoint replay}. */
@Command(
    name = "replay",
    description = "Run again what 'explore' found; it must come to the same digest.")
final class ReplayCommand implements Callable<Integer> {
  private static final int MOST_THREADS = 256;
  private static final int MOST_NODES = 64;
  private static final long WAIT_MILLIS = 60_000;
  private static final String SUFFIX = ".replay";

  @Parameters(paramLabel = "FILE", description = "A replay file.")
  private String file;

  @Option(names = "--nodes", paramLabel = "N", description = "JVM processes to run on.")
  private Integer nodes;

  @Option(names = "--threads", paramLabel = "N", description = "Threads to run on.")
  private Integer threads;

  @Option(names = "--json", description = "Print one JSON document and nothing else.")
  private boolean json;

  @Option(names = "--explain", description = "Tell what happened, step by step.")
  private boolean explain;

  @Option(names = "--shrink", description = "Make it smaller as long as its cause stays.")
  private boolean shrink;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Where the smaller one goes (default: FILE-shrunk.replay).")
  private String out;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  private final Services services;
  private final Terminal terminal;

  ReplayCommand(Services services, Terminal terminal) {
    this.services = services;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    refuseWhatCannotBe();
    Finding finding = new ReplayFile(services).read(file, InputFile.read(file));
    OutputFile target = shrink ? OutputFile.at("--out", shrunkName()) : null;
    if (shrink) {
      requireRecorded(finding, run(finding.scenario()));
      try (StopOnSignal signal = new StopOnSignal()) {
        finding = Findings.shrunk(services, finding, signal::stopped, terminal).finding();
        target.write(new ReplayFile(services).bytes(finding));
      }
      terminal.err().println("shrink: written to " + shrunkName());
    }
    Finished finished = run(finding.scenario());
    requireRecorded(finding, finished);
    say(finding, finished);
    return ExitCode.OK;
  }

  /** Another build may compute another machine; the same one may not. */
  private void requireRecorded(Finding finding, Finished finished) {
    Cause cause = Cause.of(finished.report());
    if (finished.digest().equals(finding.digest()) && cause.text().equals(finding.cause())) {
      return;
    }
    if (!finding.build().equals(BuildMark.own())) {
      throw new UserError(
          "%s gives another digest here: it was written by build %s of Stillpoint %s, this is build %s; take that build, or explore anew"
              .formatted(file, finding.build(), Versions.stillpoint(), BuildMark.own()));
    }
    throw new SimulatorBroke(
        new BrokenInvariant(
            "recorded %s with %s, came %s with %s"
                .formatted(finding.cause(), finding.digest(), cause.text(), finished.digest())),
        "./stillpoint replay " + file);
  }

  private void say(Finding finding, Finished finished) {
    Scenario scenario = finding.scenario();
    Judgement judgement = Judgement.of(scenario.expect(), finished.report());
    if (json) {
      terminal.out().println(ReportJson.of(scenario, finished, judgement));
      return;
    }
    if (explain) {
      Story.of(scenario.setup()).forEach(terminal.out()::println);
    }
    String again = "./stillpoint replay " + (shrink ? shrunkName() : file);
    new ReportText(terminal).closing(scenario, finished, judgement, again);
    terminal.out().println("cause " + finding.signature() + ": " + finding.cause());
    terminal.out().println("the same digest as recorded");
  }

  private String shrunkName() {
    if (out != null) {
      return out;
    }
    String stem = file.endsWith(SUFFIX) ? file.substring(0, file.length() - SUFFIX.length()) : file;
    return Path.of(stem + "-shrunk" + SUFFIX).toString();
  }

  private void refuseWhatCannotBe() {
    if (nodes != null && (nodes < 1 || nodes > MOST_NODES)) {
      throw new UserError("--nodes " + nodes + " is out of range; give 1 .. " + MOST_NODES);
    }
    if (threads != null && (threads < 1 || threads > MOST_THREADS)) {
      throw new UserError("--threads " + threads + " is out of range; give 1 .. " + MOST_THREADS);
    }
    if (json && explain) {
      throw new UserError("--explain tells a story and --json prints one document; leave one out");
    }
    if (out != null && !shrink) {
      throw new UserError("--out is for the smaller finding; add --shrink");
    }
  }

  private Finished run(Scenario scenario) {
    String again = "./stillpoint replay " + file;
    if (nodes != null && nodes > 1) {
      Consumer<String> notes = line -> terminal.err().println("cluster: " + line);
      try (ClusterRunner runner = ClusterRunner.onThisHost(nodes, WAIT_MILLIS, notes)) {
        return RunCommand.runGuarded(
            runner, scenario, new Runner.Options(threads == null ? 1 : threads), again);
      }
    }
    int count = threads == null ? Runner.Options.AUTOMATIC : threads;
    return RunCommand.runGuarded(services.runner(), scenario, new Runner.Options(count), again);
  }
}
