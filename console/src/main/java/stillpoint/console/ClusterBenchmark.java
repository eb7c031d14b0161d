package stillpoint.console;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.ToLongFunction;
import stillpoint.clusterconfig.Overrides;
import stillpoint.clusterconfig.ScenarioReader;
import stillpoint.kernel.system.MachineSetup;
import stillpoint.machine.time.RemoteTraffic;
import stillpoint.machine.time.phold.Phold;

/** {@code bench cluster}: what JVM processes cost each other, on this host. */
final class ClusterBenchmark implements Benchmark {
  private static final int PROCESSES = 3;
  private static final long WAIT_MILLIS = 300_000;
  private static final long LOOKAHEAD = 100;
  private static final int TURNS = 5;
  private static final List<Way> WAYS =
      List.of(new Way(1, 1), new Way(1, 2), new Way(2, 1), new Way(3, 1));
  private static final int TWO_THREADS = 1;

  /** Guest programs on all CPUs: there is work to share. */
  private static final List<String> BUSY = List.of("guest.run-on=all");

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
    return "JVM processes of this host (%d cores): rounds a second without work (PHOLD, 2 processes: nearly empty; 4,000: 1,000"
            .formatted(Runtime.getRuntime().availableProcessors())
        + " events a round cross), and machines on 1, 2 and 3 of them; speed_of_1x2: against one"
        + " process of 2 threads.";
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
          machines(rows, cluster, scenario, setup(scenario, Overrides.NONE));
        }
        var busy = new Overrides(OptionalLong.empty(), OptionalInt.empty(), BUSY);
        machines(rows, cluster, "ftrace-numa-busy", setup("ftrace-numa", busy));
        var large = new Overrides(OptionalLong.empty(), OptionalInt.of(256), BUSY);
        machines(rows, cluster, "ftrace-numa-busy-256", setup("ftrace-numa", large));
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
            "remote_events_percent",
            "bytes_per_remote_event",
            "run_ms",
            "with_set_up_ms",
            "speed_of_1x2"),
        rows);
  }

  private MachineSetup setup(String scenario, Overrides overrides) {
    Path file = home.resolve("scenarios").resolve(scenario + ".conf");
    return reader.readFile(file, overrides).setup();
  }

  private static List<Object> phold(ClusterRunner cluster, int size, long rounds) {
    PholdWorkload workload =
        new PholdWorkload(Phold.endless(size, LOOKAHEAD, 1), rounds * LOOKAHEAD);
    byte[] bytes = cluster.run(Workloads.pack(workload), size, 2, 1);
    PholdWorkload.Result result = PholdWorkload.Result.of(bytes);
    double runMs = result.nanos() / 1e6;
    return row(
        "phold-" + size,
        new Way(2, 1),
        new Measured(result.rounds(), result.events(), result.remote(), runMs),
        Double.NaN,
        Double.NaN);
  }

  /**
   * Takes turns, so that what else the host does hits all ways alike; of each the run in the middle counts. The first turn only
   * warms up.
   */
  private static void machines(
      List<List<Object>> rows, ClusterRunner cluster, String name, MachineSetup setup) {
    List<List<Finished>> runs = WAYS.stream().<List<Finished>>map(_ -> new ArrayList<>()).toList();
    for (int turn = 0; turn <= TURNS; turn++) {
      for (int way = 0; way < WAYS.size(); way++) {
        Way on = WAYS.get(way);
        Finished finished = cluster.run(setup, on.nodes(), on.threads(), Checkpoints.NONE);
        if (turn > 0) {
          runs.get(way).add(finished);
        }
      }
    }
    long twoThreadsMs = middle(runs.get(TWO_THREADS), Finished::runMs);
    for (int way = 0; way < WAYS.size(); way++) {
      Finished any = runs.get(way).getFirst();
      double runMs = Math.max(1, middle(runs.get(way), Finished::runMs));
      rows.add(
          row(
              name,
              WAYS.get(way),
              new Measured(any.rounds(), any.events(), any.remote(), runMs),
              (double) middle(runs.get(way), Finished::wallMs),
              twoThreadsMs / runMs));
    }
  }

  private static long middle(List<Finished> runs, ToLongFunction<Finished> what) {
    return runs.stream().mapToLong(what).sorted().skip(runs.size() / 2).findFirst().orElseThrow();
  }

  /** What a run did, and how long it took from its first window to its last. */
  private record Measured(long rounds, long events, RemoteTraffic remote, double runMs) {}

  private static List<Object> row(
      String run, Way way, Measured measured, double wallMs, double speed) {
    double seconds = measured.runMs() / 1000;
    RemoteTraffic remote = measured.remote();
    double eventsShare = 100.0 * remote.events() / Math.max(1, measured.events());
    return List.of(
        run,
        way.nodes(),
        way.threads(),
        measured.rounds(),
        Math.round(measured.rounds() / seconds),
        measured.events(),
        Math.round(measured.events() / seconds),
        way.nodes() == 1 ? Double.NaN : eventsShare,
        remote.events() == 0 ? Double.NaN : (double) remote.bytes() / remote.events(),
        measured.runMs(),
        wallMs,
        speed);
  }
}
