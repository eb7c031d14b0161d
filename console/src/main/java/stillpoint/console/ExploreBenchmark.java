package stillpoint.console;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.LongFunction;
import stillpoint.clusterconfig.Overrides;
import stillpoint.clusterconfig.Scenario;
import stillpoint.clusterconfig.ScenarioReader;
import stillpoint.kernel.explore.Explored;
import stillpoint.machine.explore.Strategy;

/** {@code bench explore}: how many variations a core makes. */
final class ExploreBenchmark implements Benchmark {
  /** Two shootdowns and two lock users on four CPUs, nobody runs guest code. */
  static final String PROTOCOL =
      """
      machine { board = generic, cpus = 4 }
      kernel { variant = upstream }
      guest { elf = "guest/functions.elf", run-on = none }
      script = [
        { at = 10us, on = 0, run = "modprobe test_tlb_shootdown target=1 unlock=before" }
        { at = 10us, on = 1, run = "modprobe test_lock_user irqs=off" }
        { at = 11us, on = 2, run = "modprobe test_stop_two_cpus cpus=1,3" }
        { at = 12us, on = 3, run = "modprobe test_lock_user irqs=off" }
      ]
      limits { virtual-time = 1s, settle = 10us }
      """;

  /** A few schedules keep such a machine busy for seconds of virtual time; they end here. */
  private static final String SEED_SCENARIO =
      """
      machine { board = xls416 }
      kernel { variant = delayed-flush, preempt = full }
      guest { elf = "guest/functions.elf", run-on = all }
      script = [ { at = 100us, on = 5, run = "echo function > /debug/tracing/current_tracer" } ]
      limits { virtual-time = 5ms }
      """;

  /** The same, typed after two ticks. */
  private static final String LATE_SCRIPT =
      SEED_SCENARIO.replace("100us", "10ms").replace("5ms", "15ms");

  private static final long REACH_NANOS = 20_000;
  private static final long CORES = 2;
  private static final long TEN_MINUTES_MS = 600_000;

  private final ScenarioReader reader;

  ExploreBenchmark(ScenarioReader reader) {
    this.reader = reader;
  }

  @Override
  public String name() {
    return "explore";
  }

  @Override
  public String about() {
    return "variations a core explores, by its own CPU time; in_10_min: on two cores.";
  }

  @Override
  public Table measure(boolean quick) {
    List<List<Object>> rows = new ArrayList<>();
    for (Strategy strategy : quick ? List.of(Strategy.SWARM) : List.of(Strategy.values())) {
      rows.add(row("4 CPUs, no guest", PROTOCOL, strategy, quick ? 20 : 400));
    }
    if (!quick) {
      rows.add(row("16 CPUs, the fix", SEED_SCENARIO, Strategy.RANDOM, 20));
      rows.add(row("16 CPUs, the fix", SEED_SCENARIO, Strategy.SWARM, 10));
      rows.add(row("16 CPUs, at 10 ms", LATE_SCRIPT, Strategy.RANDOM, 10));
      rows.add(rowFromReset("16 CPUs, at 10 ms, from reset", LATE_SCRIPT, Strategy.RANDOM, 2));
    }
    return new Table(
        List.of(
            "scenario",
            "strategy",
            "runs",
            "events_per_run",
            "cpu_ms_per_run",
            "median_ms",
            "longest_ms",
            "in_10_min"),
        rows);
  }

  private Variations variations(String text, Strategy strategy) {
    Scenario scenario = reader.read("explore", text, Overrides.NONE);
    return new Variations(scenario.setup(), new Variations.How(strategy, 3, REACH_NANOS));
  }

  private List<Object> row(String what, String text, Strategy strategy, int runs) {
    Variations variations = variations(text, strategy);
    return row(
        what,
        strategy,
        runs,
        run -> variations.run(run, () -> false).orElseThrow().result().orElseThrow());
  }

  /** The same runs without their common start. */
  private List<Object> rowFromReset(String what, String text, Strategy strategy, int runs) {
    Variations variations = variations(text, strategy);
    return row(what, strategy, runs, variations::runFromReset);
  }

  private static List<Object> row(
      String what, Strategy strategy, int runs, LongFunction<Explored> explored) {
    // the first ones only warm the JVM up
    int warm = runs / 5;
    for (int run = 0; run < warm; run++) {
      explored.apply(run);
    }
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    double[] each = new double[runs];
    long events = 0;
    for (int run = 0; run < runs; run++) {
      long before = threads.getCurrentThreadCpuTime();
      events += explored.apply(warm + run).events();
      each[run] = (threads.getCurrentThreadCpuTime() - before) / 1e6;
    }
    double cpuMs = Arrays.stream(each).average().orElseThrow();
    Arrays.sort(each);
    return List.of(
        what,
        strategy.name().toLowerCase(Locale.ROOT),
        runs,
        events / runs,
        cpuMs,
        each[runs / 2],
        each[runs - 1],
        (long) (CORES * TEN_MINUTES_MS / Math.max(1e-6, cpuMs)));
  }
}
