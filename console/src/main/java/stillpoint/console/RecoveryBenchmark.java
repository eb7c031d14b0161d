package stillpoint.console;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import stillpoint.actors.checkpoint.Checkpoint;
import stillpoint.actors.checkpoint.RunIdentity;
import stillpoint.clusterconfig.Overrides;
import stillpoint.clusterconfig.ScenarioReader;
import stillpoint.kernel.system.MachineSetup;

/** {@code bench recovery}: what a node that is killed costs a run with checkpoints. */
final class RecoveryBenchmark implements Benchmark {
  private static final int PROCESSES = 3;
  private static final int KILLS = 3;
  private static final long WAIT_MILLIS = 300_000;
  private static final long LOOK_EVERY_MILLIS = 2;
  private static final long CHECKPOINT_EVERY_NANOS = 100_000;
  private static final String VERSION = "bench";

  private final ScenarioReader reader;
  private final Path home;

  RecoveryBenchmark(ScenarioReader reader, Path home) {
    this.reader = reader;
    this.home = home;
  }

  @Override
  public String name() {
    return "recovery";
  }

  @Override
  public String about() {
    return "ftrace-numa on 3 JVM processes of this host (%d cores), one killed with -9 after the first checkpoint: time from the kill until it is noticed, until the others go on."
        .formatted(Runtime.getRuntime().availableProcessors());
  }

  @Override
  public Table measure(boolean quick) {
    MachineSetup setup =
        reader
            .readFile(home.resolve("scenarios").resolve("ftrace-numa.conf"), Overrides.NONE)
            .setup();
    List<List<Object>> rows = new ArrayList<>();
    boolean good = true;
    for (int kill = 0; kill < (quick ? 1 : KILLS); kill++) {
      Map<String, Long> saidNanos = new ConcurrentHashMap<>();
      try (ClusterRunner cluster =
          ClusterRunner.onThisHost(
              PROCESSES,
              WAIT_MILLIS,
              line -> saidNanos.putIfAbsent(line.split(" ", 2)[0], System.nanoTime()))) {
        // the first one warms up
        cluster.run(setup, PROCESSES, 1, Checkpoints.NONE);
        Finished undisturbed = cluster.run(setup, PROCESSES, 1, Checkpoints.NONE);
        saidNanos.clear();
        long start = System.nanoTime();
        Killed killed = killed(cluster, setup);
        long wallMs = (System.nanoTime() - start) / 1_000_000;
        good &= killed.finished().digest().equals(undisturbed.digest());
        rows.add(
            List.of(
                undisturbed.wallMs(),
                (killed.nanos() - start) / 1_000_000,
                since(killed, saidNanos.get("lost")),
                since(killed, saidNanos.get("going")),
                wallMs,
                killed.finished().nodes(),
                killed.finished().digest().equals(undisturbed.digest()) ? "same" : "other"));
      }
    }
    return new Table(
        List.of(
            "undisturbed_ms",
            "killed_after_ms",
            "noticed_ms",
            "going_on_ms",
            "with_loss_ms",
            "nodes_left",
            "digest"),
        rows,
        good);
  }

  private static Object since(Killed killed, Long nanos) {
    return nanos == null ? Double.NaN : (Object) ((nanos - killed.nanos()) / 1_000_000);
  }

  /** {@code nanos}: when a node was killed. */
  private record Killed(Finished finished, long nanos) {}

  private static Killed killed(ClusterRunner cluster, MachineSetup setup) {
    Path folder = temporary();
    try {
      RunIdentity identity =
          new RunIdentity(VERSION, VERSION, "", new byte[0], setup.seed(), "./stillpoint bench");
      var written = new Checkpoints.Written(CHECKPOINT_EVERY_NANOS, folder, identity);
      var checkpoints = new Checkpoints(Optional.of(written), Optional.empty());
      CompletableFuture<Finished> run =
          CompletableFuture.supplyAsync(() -> cluster.run(setup, PROCESSES, 1, checkpoints));
      while (!run.isDone() && !Checkpoint.existsIn(folder)) {
        Thread.sleep(LOOK_EVERY_MILLIS);
      }
      long nanos = System.nanoTime();
      cluster.children().getLast().destroyForcibly();
      return new Killed(run.join(), nanos);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new UserError("interrupted");
    } finally {
      delete(folder);
    }
  }

  private static Path temporary() {
    try {
      return Files.createTempDirectory("stillpoint-bench");
    } catch (IOException failure) {
      throw new UserError("no temporary folder can be made: " + failure + "; set -Djava.io.tmpdir");
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
