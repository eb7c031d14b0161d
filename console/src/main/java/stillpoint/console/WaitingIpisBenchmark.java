package stillpoint.console;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import stillpoint.clusterconfig.Overrides;
import stillpoint.clusterconfig.ScenarioReader;
import stillpoint.kernel.report.RunReport;
import stillpoint.kernel.system.MachineSetup;

/** {@code bench waiting-ipis}: a waiting IPI to every other CPU for each of 9,119 words. */
final class WaitingIpisBenchmark implements Benchmark {
  private static final String SCENARIO =
      """
      machine { board = generic }
      kernel { variant = upstream, icache-flush = wait-ipi }
      guest { elf = "guest/sites.elf", run-on = "0" }
      script = [ { at = 10us, on = 1, run = "echo function > /debug/tracing/current_tracer" } ]
      limits { settle = 10us }
      """;
  private static final int[] SIZES = {2, 16, 64};
  private static final int[] QUICK_SIZES = {2};

  private final Runner runner;
  private final ScenarioReader reader;
  private final Overrides overrides;

  WaitingIpisBenchmark(Runner runner, ScenarioReader reader) {
    this(runner, reader, Overrides.NONE);
  }

  private WaitingIpisBenchmark(Runner runner, ScenarioReader reader, Overrides overrides) {
    this.runner = runner;
    this.reader = reader;
    this.overrides = overrides;
  }

  @Override
  public Benchmark with(Overrides changes) {
    return new WaitingIpisBenchmark(runner, reader, changes);
  }

  @Override
  public String name() {
    return "waiting-ipis";
  }

  @Override
  public String about() {
    return "the tracer enabled without stop_machine, a waiting IPI to every other CPU for each of"
        + " 9,119 words.";
  }

  @Override
  public Table measure(boolean quick) {
    List<List<Object>> rows = new ArrayList<>();
    for (int cpus : sizes(quick)) {
      Overrides sized = new Overrides(overrides.seed(), OptionalInt.of(cpus), overrides.settings());
      MachineSetup setup = reader.read("waiting-ipis", SCENARIO, sized).setup();
      Finished finished = runner.run(setup, new Runner.Options(1));
      RunReport.Counters counters = finished.report().counters();
      rows.add(
          List.of(
              cpus,
              finished.report().verdict().text(),
              counters.wordsPatched(),
              counters.ipis().get("call-function").taken(),
              finished.report().verdictAtNanos() / 1000,
              finished.events(),
              finished.windows(),
              finished.wallMs()));
    }
    return new Table(
        List.of(
            "cpus",
            "verdict",
            "words_patched",
            "ipis_taken",
            "virtual_us",
            "events",
            "windows",
            "wall_ms"),
        rows);
  }

  private int[] sizes(boolean quick) {
    return overrides.cpus().isPresent()
        ? new int[] {overrides.cpus().getAsInt()}
        : quick ? QUICK_SIZES : SIZES;
  }
}
