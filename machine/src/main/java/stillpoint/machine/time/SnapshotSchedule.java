package stillpoint.machine.time;

/**
 * At which cuts snapshots are taken: at the first one at or after each multiple of a span of virtual
 * time. Part of what all shards decide alike.
 *
 * @param everyCycles the span; NEVER for no snapshots
 * @param atEnd whether one is taken where the run ends, too
 */
public record SnapshotSchedule(long everyCycles, boolean atEnd) {
  public static final SnapshotSchedule NONE = new SnapshotSchedule(LogicalProcess.NEVER);

  public SnapshotSchedule {
    if (everyCycles < 1) {
      throw new BrokenInvariant("a snapshot every %d cycles".formatted(everyCycles));
    }
  }

  /** None at the end: nobody goes on from there. */
  public SnapshotSchedule(long everyCycles) {
    this(everyCycles, false);
  }

  /** The first multiple after {@code cycle}, or NEVER. */
  public long dueAfter(long cycle) {
    long number = cycle / everyCycles + 1;
    return number > LogicalProcess.NEVER / everyCycles
        ? LogicalProcess.NEVER
        : number * everyCycles;
  }
}
