package stillpoint.actors.time;

import akka.actor.typed.ActorRef;
import java.util.List;
import stillpoint.actors.snapshot.SnapshotStore;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.CutProgress;
import stillpoint.machine.time.NodeRule;
import stillpoint.machine.time.RemoteTraffic;
import stillpoint.machine.time.Report;
import stillpoint.machine.time.RunOutcome;

/**
 * The talk at cuts and at the end: processes to their group's supervisor, groups to the node's, nodes
 * to the machine's.
 */
public interface SupervisionProtocol {
  /** Node supervisor, or process -> group supervisor. */
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

  /** Node clock, or group supervisor -> node supervisor. */
  sealed interface NodeCommand {}

  /** The node's processes, by shard and index in the shard. */
  record Ready(List<List<ActorRef<ProcessProtocol.Command>>> processes) implements NodeCommand {}

  /**
   * The node waits at a cut for the judge.
   *
   * @param changed ids of those who did something since they were last asked, ascending
   * @param handledCount events handled so far
   * @param windows opened so far
   * @param rounds between nodes so far
   */
  record CutReached(
      NodeRule.AtCut step, int[] changed, long handledCount, long windows, long rounds)
      implements NodeCommand {}

  /** A snapshot of all processes is wanted, at the cut where the node waits. */
  record SaveNode(CutProgress at) implements NodeCommand {}

  /** The snapshots of a group's members are kept. */
  record GroupSaved(SnapshotStore.Part part) implements NodeCommand {}

  /** The run is over. */
  enum ConcludeNode implements NodeCommand {
    INSTANCE
  }

  /** The reports of those {@code members} that were asked for, in their order. */
  record GroupReported(int group, int[] members, List<Report> reports) implements NodeCommand {}

  /** Hashes in the order of the group's members; never changed once sent. */
  record GroupConcluded(int group, long[] eventHashes, long[] stateHashes) implements NodeCommand {}

  /** Nodes -> machine supervisor. */
  sealed interface MachineCommand {}

  /** A node has built its processes. */
  record NodeReady(int node) implements MachineCommand {}

  /**
   * A node waits at a cut for the judge.
   *
   * @param ids of the processes whose reports these are, ascending: those that did something since
   *     they were last asked
   * @param handledCount events handled there so far
   * @param windows opened there so far
   * @param rounds between nodes so far
   */
  record NodeAtCut(
      int node,
      NodeRule.AtCut step,
      int[] ids,
      List<Report> reports,
      long handledCount,
      long windows,
      long rounds)
      implements MachineCommand {}

  /** The snapshots of a node's processes are kept. */
  record NodeSaved(int node, CutProgress at, List<SnapshotStore.Part> parts)
      implements MachineCommand {}

  /**
   * The run's end on a node.
   *
   * @param eventHashes of its processes in id order; never changed once sent
   * @param stateHashes of its processes in id order; never changed once sent
   * @param sent to other nodes
   * @param ids of the processes whose last reports these are, ascending
   */
  record NodeConcluded(
      int node,
      long[] eventHashes,
      long[] stateHashes,
      RemoteTraffic sent,
      int[] ids,
      List<Report> reports)
      implements MachineCommand {}

  /** Anybody -> guardian. */
  sealed interface RunCommand {}

  /** {@code nanos}: wall time from the first window to the last. */
  record Completed(RunOutcome outcome, long nanos) implements RunCommand {}

  record Failed(BrokenInvariant failure) implements RunCommand {}
}
