package stillpoint.console;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import stillpoint.clusterconfig.Overrides;
import stillpoint.clusterconfig.ScenarioReader;
import stillpoint.kernel.system.MachineSetup;
import stillpoint.machine.time.phold.Phold;

/** {@code bench cluster}: what JVM processes cost each other, on this host. */
final class ClusterBenchmark implements Benchmark {
  private static final int PROCESSES = 3;
  private static final long WAIT_MILLIS = 300_000;
  private static final long LOOKAHEAD = 100;

  private static final String STOP_MACHINE =
      """
      machine { board = generic }
      kernel { variant = delayed-flush }
      guest { elf = "guest/functions.elf", run-on = "0" }
      script = [ { at = 10us, on = 1, run = "insmod stop_machine_test.ko" } ]
      limits { settle = 10us }
      """;

  private final ScenarioReader reader;
  private final Path home;

  ClusterBenchmark(ScenarioReader reader, Path home) {
    this.reader = reader;
    this.home = home;
  }

  @Override
  public String name() {
    return "cluster";
  }

  @Override
  public String about() {
    return "JVM processes of this host: rounds a second without work (PHOLD, 2 processes: nearly"
        + " empty; 4,000: 1,000 events a round cross), and machines on 1, 2 and 3 of them.";
  }

  /** What was measured on so many nodes of so many threads. */
  private record Way(int nodes, int threads) {}

  @Override
  public Table measure(boolean quick) {
    List<List<Object>> rows = new ArrayList<>();
    try (ClusterRunner cluster =
        ClusterRunner.onThisHost(quick ? 2 : PROCESSES, WAIT_MILLIS, _ -> {})) {
      long rounds = quick ? 200 : 10_000;
      // the first one warms up
      phold(cluster, 2, rounds);
      rows.add(phold(cluster, 2, rounds));
      rows.add(phold(cluster, 4_000, rounds / 10));
      if (!quick) {
        for (String scenario : List.of("ftrace-hang-xls", "ftrace-numa")) {
          MachineSetup setup =
              reader
                  .readFile(home.resolve("scenarios").resolve(scenario + ".conf"), Overrides.NONE)
                  .setup();
          machines(rows, cluster, scenario, setup);
        }
        Overrides sized = new Overrides(OptionalLong.empty(), OptionalInt.of(4_097), List.of());
        MachineSetup setup = reader.read("stop-machine", STOP_MACHINE, sized).setup();
        machines(rows, cluster, "stop-machine-4097", setup);
      }
    }
    return new Table(
        List.of(
            "run",
            "nodes",
            "threads_each",
            "rounds",
            "rounds_per_second",
            "events",
            "events_per_second",
            "remote_batches",
            "wall_ms"),
        rows);
  }

  private static List<Object> phold(ClusterRunner cluster, int size, long rounds) {
    PholdWorkload workload =
        new PholdWorkload(Phold.endless(size, LOOKAHEAD, 1), rounds * LOOKAHEAD);
    AtomicLong nanos = new AtomicLong();
    byte[] bytes = cluster.run(Workloads.pack(workload), 2, 1, nanos::set);
    PholdWorkload.Result result = PholdWorkload.Result.of(bytes);
    return row(
        "phold-" + size,
        new Way(2, 1),
        result.rounds(),
        result.events(),
        result.remoteBatches(),
        nanos.get() / 1_000_000);
  }

  private static void machines(
      List<List<Object>> rows, ClusterRunner cluster, String name, MachineSetup setup) {
    for (Way way : List.of(new Way(1, 1), new Way(1, 2), new Way(2, 1), new Way(3, 1))) {
      // the first one warms up
      cluster.run(setup, way.nodes(), way.threads(), Checkpoints.NONE);
      Finished finished = cluster.run(setup, way.nodes(), way.threads(), Checkpoints.NONE);
      rows.add(
          row(
              name,
              way,
              finished.rounds(),
              finished.events(),
              finished.remoteBatches(),
              finished.wallMs()));
    }
  }

  private static List<Object> row(
      String run, Way way, long rounds, long events, long remoteBatches, long wallMs) {
    double seconds = Math.max(1, wallMs) / 1000.0;
    return List.of(
        run,
        way.nodes(),
        way.threads(),
        rounds,
        Math.round(rounds / seconds),
        events,
        Math.round(events / seconds),
        remoteBatches,
        wallMs);
  }
}
