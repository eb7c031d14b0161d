package stillpoint.console;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
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

  StopMachineBenchmark(Runner runner, ScenarioReader reader) {
    this.runner = runner;
    this.reader = reader;
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
    // the first run only warms the JVM up
    run(quick ? QUICK_SIZES[0] : SIZES[0]);
    int lastCpus = 0;
    double lastMs = 0;
    for (int cpus : quick ? QUICK_SIZES : SIZES) {
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

  private Finished run(int cpus) {
    Overrides overrides = new Overrides(OptionalLong.empty(), OptionalInt.of(cpus), List.of());
    MachineSetup setup = reader.read("stop-machine", SCENARIO, overrides).setup();
    return runner.run(setup, new Runner.Options(1));
  }
}
