package stillpoint.console;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import stillpoint.actors.bench.FabricBench;

/** {@code bench fabric}: what caches and directories can do, with CPUs that only load and store. */
final class FabricBenchmark implements Benchmark {
  private static final int[] THREADS = {1, 2};

  @Override
  public String name() {
    return "fabric";
  }

  @Override
  public String about() {
    return "coherence transactions (misses served) and events a second: private lines, lines that"
        + " all read, lines that many write.";
  }

  @Override
  public Table measure(boolean quick) {
    List<FabricBench.Row> rows =
        quick
            ? FabricBench.run(new int[] {16}, THREADS, Duration.ofMillis(300))
            : FabricBench.run(new int[] {16, 256, 1_024}, THREADS, Duration.ofSeconds(3));
    List<List<Object>> cells = new ArrayList<>();
    for (FabricBench.Row row : rows) {
      cells.add(
          List.of(
              row.pattern().name().toLowerCase(Locale.ROOT).replace('_', '-'),
              row.cpus(),
              row.threads(),
              Math.round(row.transactionsPerSecond()),
              Math.round(row.eventsPerSecond()),
              Math.round(row.bestEventsPerSecond())));
    }
    return new Table(
        List.of(
            "pattern",
            "cpus",
            "threads",
            "transactions_per_second",
            "events_per_second",
            "best_events_per_second"),
        cells);
  }
}
