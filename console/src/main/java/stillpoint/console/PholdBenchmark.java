package stillpoint.console;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import stillpoint.actors.bench.PholdBench;

/** {@code bench phold}: what the engine itself can do, with processes that do no work. */
final class PholdBenchmark implements Benchmark {
  private static final int[] THREADS = {1, 2};

  @Override
  public String name() {
    return "phold";
  }

  @Override
  public String about() {
    return "events a second of the engine alone: one event in flight a process, no work, mean delay"
        + " two lookaheads.";
  }

  @Override
  public Table measure(boolean quick) {
    List<PholdBench.Row> rows =
        quick
            ? PholdBench.run(new int[] {1_024}, THREADS, Duration.ofSeconds(1))
            : PholdBench.run(new int[] {16, 1_024, 100_000}, THREADS, Duration.ofSeconds(4));
    List<List<Object>> cells = new ArrayList<>();
    for (PholdBench.Row row : rows) {
      cells.add(
          List.of(
              row.processes(),
              row.threads(),
              Math.round(row.eventsPerSecond()),
              Math.round(row.bestEventsPerSecond()),
              Math.round(row.windowsPerSecond()),
              row.idleProcessBytes()));
    }
    return new Table(
        List.of(
            "processes",
            "threads",
            "events_per_second",
            "best_events_per_second",
            "windows_per_second",
            "idle_process_bytes"),
        cells);
  }
}
