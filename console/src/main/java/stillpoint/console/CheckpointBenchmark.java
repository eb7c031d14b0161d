package stillpoint.console;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import stillpoint.actors.RunOptions;
import stillpoint.actors.Simulation;
import stillpoint.actors.checkpoint.Checkpoint;
import stillpoint.actors.checkpoint.CheckpointFolder;
import stillpoint.actors.checkpoint.RunIdentity;
import stillpoint.actors.snapshot.CborSnapshots;
import stillpoint.actors.snapshot.Checkpointing;
import stillpoint.clusterconfig.Overrides;
import stillpoint.clusterconfig.ScenarioReader;
import stillpoint.kernel.system.EmulatedMachine;
import stillpoint.kernel.system.MachineJudge;
import stillpoint.kernel.system.MachineSetup;
import stillpoint.machine.elf.ElfFormatException;
import stillpoint.machine.time.ProcessRunner;
import stillpoint.machine.time.SnapshotSchedule;

/** {@code bench checkpoint}: what a checkpoint costs, in bytes and in time. */
final class CheckpointBenchmark implements Benchmark {
  private static final String SCENARIO =
      """
      seed = 42
      machine { board = generic }
      kernel  { variant = upstream }
      guest   { elf = "guest/functions.elf", run-on = %s }
      script  = []
      limits  { virtual-time = 1s, settle = 350us }
      """;

  private static final String VERSION = "bench";
  private static final int CPUS = 1024;
  private static final int QUICK_CPUS = 16;

  private final ScenarioReader reader;
  private final Overrides overrides;

  CheckpointBenchmark(ScenarioReader reader) {
    this(reader, Overrides.NONE);
  }

  private CheckpointBenchmark(ScenarioReader reader, Overrides overrides) {
    this.reader = reader;
    this.overrides = overrides;
  }

  @Override
  public Benchmark with(Overrides changes) {
    return new CheckpointBenchmark(reader, changes);
  }

  @Override
  public String name() {
    return "checkpoint";
  }

  @Override
  public String about() {
    return "checkpoints of a machine with guest programs on few CPUs and on all: size, how long the"
        + " run pauses for one, how long it takes to be where it was.";
  }

  @Override
  public Table measure(boolean quick) {
    int cpus = overrides.cpus().orElse(quick ? QUICK_CPUS : CPUS);
    List<List<Object>> rows = new ArrayList<>();
    for (String runOn : List.of("\"0-3\"", "all")) {
      for (int threads : new int[] {1, 2}) {
        rows.add(row(cpus, runOn, threads));
      }
    }
    return new Table(
        List.of(
            "cpus",
            "guests_on",
            "threads",
            "checkpoints",
            "states_bytes",
            "disk_bytes",
            "pause_ms",
            "write_ms",
            "restore_ms"),
        rows);
  }

  private List<Object> row(int cpus, String runOn, int threads) {
    var sized =
        new Overrides(
            overrides.seed().isPresent() ? overrides.seed() : OptionalLong.empty(),
            OptionalInt.of(cpus),
            overrides.settings());
    MachineSetup setup = reader.read("checkpoint", SCENARIO.formatted(runOn), sized).setup();
    Path folder = temporary();
    try {
      EmulatedMachine machine = new EmulatedMachine(setup);
      var timing = new CheckpointTiming(new CborSnapshots(machine), folder(folder, setup, machine));
      // the first one also warms the JVM up
      SnapshotSchedule every = new SnapshotSchedule(setup.board().cycleAt(100_000));
      Simulation.run(
          machine,
          new MachineJudge(setup),
          RunOptions.onThreads(threads),
          new Checkpointing(every, timing, timing, Optional.empty()));
      return List.of(
          cpus,
          runOn.replace("\"", ""),
          threads,
          timing.count(),
          timing.lastStateBytes(),
          timing.lastDiskBytes(),
          timing.shortestPauseMs(),
          timing.shortestWriteMs(),
          restoreMs(folder, setup));
    } catch (ElfFormatException failure) {
      throw new UserError(failure.getMessage());
    } finally {
      delete(folder);
    }
  }

  private static CheckpointFolder folder(Path folder, MachineSetup setup, EmulatedMachine machine) {
    RunIdentity identity =
        new RunIdentity(VERSION, VERSION, "", new byte[0], setup.seed(), "./stillpoint bench");
    return new CheckpointFolder(folder, identity, machine.size());
  }

  /** From the files to processes that could run on, in one thread. */
  private static long restoreMs(Path folder, MachineSetup setup) throws ElfFormatException {
    EmulatedMachine machine = new EmulatedMachine(setup);
    CborSnapshots snapshots = new CborSnapshots(machine);
    long start = System.nanoTime();
    Checkpoint checkpoint = Checkpoint.newest(folder, VERSION);
    for (int id = 0; id < machine.size(); id++) {
      new ProcessRunner(machine, id).load(snapshots, checkpoint.process(id));
    }
    return (System.nanoTime() - start) / 1_000_000;
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
