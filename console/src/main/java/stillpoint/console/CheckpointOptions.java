package stillpoint.console;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;
import stillpoint.actors.checkpoint.Checkpoint;
import stillpoint.actors.checkpoint.CheckpointFolder;
import stillpoint.actors.checkpoint.RunIdentity;
import stillpoint.clusterconfig.Scenario;
import stillpoint.clusterconfig.VirtualTime;

/** The options of {@code run} about checkpoints. */
final class CheckpointOptions {
  @Option(
      names = "--checkpoint-every",
      paramLabel = "VIRTUAL_TIME",
      description = "Write a checkpoint so often, for instance 10ms; needs --checkpoint-dir.")
  private String every;

  @Option(
      names = "--checkpoint-dir",
      paramLabel = "DIR",
      description = "Where checkpoints go; the newest two are kept.")
  private Path folder;

  @Option(
      names = "--restore",
      paramLabel = "DIR",
      description = "Go on from the newest checkpoint there; needs no SCENARIO.")
  private Path restoreFolder;

  boolean any() {
    return every != null || folder != null || restoreFolder != null;
  }

  boolean restores() {
    return restoreFolder != null;
  }

  /** The checkpoint to go on from, read and checked. */
  Optional<Checkpoint> from() {
    return Optional.ofNullable(restoreFolder)
        .map(from -> Checkpoint.newest(from, Versions.stillpoint()));
  }

  /** What the run does, once its scenario is known; makes the folder. */
  Checkpoints of(Scenario scenario, byte[] guest, String replay, Optional<Checkpoint> from) {
    if ((every == null) != (folder == null)) {
      throw new UserError(
          every == null
              ? "--checkpoint-dir needs --checkpoint-every; add for instance --checkpoint-every"
                  + " 10ms"
              : "--checkpoint-every needs --checkpoint-dir; add --checkpoint-dir DIR");
    }
    if (every == null) {
      return new Checkpoints(Optional.empty(), from);
    }
    long nanos = VirtualTime.nanosOf("--checkpoint-every", every);
    if (scenario.setup().board().cycleAt(nanos) < 1) {
      throw new UserError(
          "--checkpoint-every " + every + " is less than a cycle; give for instance 10ms");
    }
    boolean goesOn =
        from.isPresent()
            && restoreFolder
                .toAbsolutePath()
                .normalize()
                .equals(folder.toAbsolutePath().normalize());
    CheckpointFolder.prepare(folder, goesOn);
    RunIdentity identity =
        new RunIdentity(
            Versions.stillpoint(),
            scenario.name(),
            scenario.effective(),
            guest,
            scenario.setup().seed(),
            replay);
    return new Checkpoints(Optional.of(new Checkpoints.Written(nanos, folder, identity)), from);
  }
}
