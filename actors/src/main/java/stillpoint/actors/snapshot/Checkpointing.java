package stillpoint.actors.snapshot;

import java.util.List;
import java.util.Optional;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.CutProgress;
import stillpoint.machine.time.RestorePoint;
import stillpoint.machine.time.SnapshotSchedule;
import stillpoint.machine.time.Snapshots;

/**
 * What a run does about snapshots; changes nothing in its result.
 *
 * @param schedule when they are taken
 * @param store where they go
 * @param snapshots how they are made, for this model
 * @param from where the run begins, if not at its beginning
 */
public record Checkpointing(
    SnapshotSchedule schedule,
    SnapshotStore store,
    Snapshots snapshots,
    Optional<RestorePoint> from) {
  /** None are taken. */
  public static final Checkpointing NONE =
      new Checkpointing(SnapshotSchedule.NONE, new NoStore(), null, Optional.empty());

  private record NoStore() implements SnapshotStore {
    @Override
    public Part put(CutProgress at, int group, int[] ids, byte[][] snapshots) {
      throw new BrokenInvariant("nobody asked for snapshots");
    }

    @Override
    public void complete(CutProgress at, byte[] judge, List<Part> parts) {
      throw new BrokenInvariant("nobody asked for snapshots");
    }
  }
}
