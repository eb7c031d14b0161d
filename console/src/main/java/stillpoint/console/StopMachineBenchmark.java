package stillpoint.console;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import stillpoint.clusterconfig.Overrides;
import stillpoint.clusterconfig.ScenarioReader;
import stillpoint.kernel.system.MachineSetup;

/** {@code bench stop-machine}: one stop_machine() that goes through all its states and does nothing. */
final class StopMachineBenchmark implements Benchmark {
  private static final String SCENARIO =
      """
      machine { board = generic }
      kernel { variant = delayed-flush }
      guest { elf = "guest/functions.elf", run-on = "0" }
      script = [ { at = 10us, on = 1, run = "insmod stop_machine_test.ko" } ]
      limits { settle = 10us }
      """;
  private static final int[] SIZES = {1_000, 4_097, 16_000, 64_000, 100_000};
  private static final int[] QUICK_SIZES = {64, 256};

  private final Runner runner;
  private final ScenarioReader reader;
  private final Overrides overrides;

  StopMachineBenchmark(Runner runner, ScenarioReader reader) {
    this(runner, reader, Overrides.NONE);
  }

  private StopMachineBenchmark(Runner runner, ScenarioReader reader, Overrides overrides) {
    this.runner = runner;
    this.reader = reader;
    this.overrides = overrides;
  }

  @Override
  public Benchmark with(Overrides changes) {
    return new StopMachineBenchmark(runner, reader, changes);
  }

  @Override
  public String name() {
    return "stop-machine";
  }

  @Override
  public String about() {
    return "one stop_machine() through all states on more and more CPUs; exponent: how wall time"
        + " grows from the row above, 1 is linear.";
  }

  @Override
  public Table measure(boolean quick) {
    List<List<Object>> rows = new ArrayList<>();
    int[] sizes = sizes(quick);
    // the first run only warms the JVM up
    run(sizes[0]);
    int lastCpus = 0;
    double lastMs = 0;
    for (int cpus : sizes) {
      Finished finished = run(cpus);
      double wallMs = Math.max(1, finished.wallMs());
      double exponent =
          lastCpus == 0
              ? Double.NaN
              : Math.log(wallMs / lastMs) / Math.log((double) cpus / lastCpus);
      rows.add(
          List.of(
              cpus,
              finished.report().verdict().text(),
              finished.report().verdictAtNanos() / 1000,
              finished.events(),
              finished.windows(),
              finished.wallMs(),
              exponent));
      lastCpus = cpus;
      lastMs = wallMs;
    }
    return new Table(
        List.of("cpus", "verdict", "virtual_us", "events", "windows", "wall_ms", "exponent"), rows);
  }

  private int[] sizes(boolean quick) {
    return overrides.cpus().isPresent()
        ? new int[] {overrides.cpus().getAsInt()}
        : quick ? QUICK_SIZES : SIZES;
  }

  private Finished run(int cpus) {
    Overrides sized = new Overrides(overrides.seed(), OptionalInt.of(cpus), overrides.settings());
    MachineSetup setup = reader.read("stop-machine", SCENARIO, sized).setup();
    return runner.run(setup, new Runner.Options(1));
  }
}
