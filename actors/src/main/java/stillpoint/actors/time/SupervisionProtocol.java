package stillpoint.actors.time;

import akka.actor.typed.ActorRef;
import java.util.List;
import stillpoint.actors.snapshot.SnapshotStore;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.CutProgress;
import stillpoint.machine.time.Report;
import stillpoint.machine.time.RunOutcome;
import stillpoint.machine.time.WindowRule;

/**
 * The talk at cuts and at the end: processes to their group's supervisor, groups and shards to the
 * machine's.
 */
public interface SupervisionProtocol {
  /** Machine supervisor, or process -> group supervisor. */
  sealed interface GroupCommand {}

  /** Reports are wanted of these members, at least one. */
  record Collect(long cycle, int[] members) implements GroupCommand {}

  /** All members' snapshots are wanted, and kept. */
  record SaveAll(CutProgress at) implements GroupCommand {}

  /** {@code snapshot} is never changed once sent. */
  record Saved(int member, byte[] snapshot) implements GroupCommand {}

  /** The run is over, all members' hashes are wanted. */
  enum ConcludeAll implements GroupCommand {
    INSTANCE
  }

  record Reported(int member, Report report) implements GroupCommand {}

  record Concluded(int member, long eventHash, long stateHash) implements GroupCommand {}

  /** Shard, or group supervisor -> machine supervisor. */
  sealed interface MachineCommand {}

  /** A shard has built its processes; {@code processes} by index in the shard. */
  record ShardReady(
      int shard,
      ActorRef<ShardProtocol.Command> ref,
      List<ActorRef<ProcessProtocol.Command>> processes)
      implements MachineCommand {}

  /**
   * A shard waits at a cut. {@code handledCount}, {@code windows}: so far; {@code progress}: null if
   * no snapshot is due; {@code changed}: ids of its processes that did something since the last cut
   * that was judged, ascending, nobody if this one is not.
   */
  record ShardAtCut(
      int shard,
      WindowRule.AtCut step,
      long handledCount,
      long windows,
      CutProgress progress,
      int[] changed)
      implements MachineCommand {}

  /** The reports of those {@code members} that were asked for, in their order. */
  record GroupReported(int group, int[] members, List<Report> reports) implements MachineCommand {}

  /** The snapshots of a group's members are kept. */
  record GroupSaved(int group, SnapshotStore.Part part) implements MachineCommand {}

  /** Hashes in the order of the group's members; never changed once sent. */
  record GroupConcluded(int group, long[] eventHashes, long[] stateHashes)
      implements MachineCommand {}

  /** Anybody -> guardian. */
  sealed interface RunCommand {}

  record Completed(RunOutcome outcome) implements RunCommand {}

  record Failed(BrokenInvariant failure) implements RunCommand {}
}
