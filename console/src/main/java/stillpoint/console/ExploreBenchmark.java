package stillpoint.console;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import stillpoint.clusterconfig.Overrides;
import stillpoint.clusterconfig.Scenario;
import stillpoint.clusterconfig.ScenarioReader;
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

  private static final String SEED_SCENARIO =
      """
      machine { board = xls416 }
      kernel { variant = delayed-flush, preempt = full }
      guest { elf = "guest/functions.elf", run-on = all }
      script = [ { at = 100us, on = 5, run = "echo function > /debug/tracing/current_tracer" } ]
      limits { virtual-time = 60s }
      """;

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
      rows.add(row("16 CPUs, the fix", SEED_SCENARIO, Strategy.SWARM, 10));
    }
    return new Table(
        List.of("scenario", "strategy", "runs", "events_per_run", "cpu_ms_per_run", "in_10_min"),
        rows);
  }

  private List<Object> row(String what, String text, Strategy strategy, int runs) {
    Scenario scenario = reader.read("explore", text, Overrides.NONE);
    Variations variations =
        new Variations(scenario.setup(), new Variations.How(strategy, 3, REACH_NANOS));
    // the first ones only warm the JVM up
    int warm = runs / 5;
    for (int run = 0; run < warm; run++) {
      variations.run(run, () -> false);
    }
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadCpuTime();
    long events = 0;
    for (int run = warm; run < warm + runs; run++) {
      events += variations.run(run, () -> false).orElseThrow().result().orElseThrow().events();
    }
    double cpuMs = (threads.getCurrentThreadCpuTime() - before) / 1e6 / runs;
    return List.of(
        what,
        strategy.name().toLowerCase(Locale.ROOT),
        runs,
        events / runs,
        cpuMs,
        (long) (CORES * TEN_MINUTES_MS / Math.max(1e-6, cpuMs)));
  }
}
