package stillpoint.actors.time;

import akka.actor.typed.ActorRef;
import java.util.List;
import stillpoint.machine.time.CutJudge;
import stillpoint.machine.time.NodeBatch;
import stillpoint.machine.time.Promise;
import stillpoint.machine.time.Shard;

/** The talk with a node's clock. */
public interface NodeProtocol {
  /** Shards of the node, other nodes' clocks, or machine supervisor -> node clock. */
  sealed interface Command {}

  /**
   * A shard has built its processes; {@code processes} by index in the shard.
   *
   * @param shard number within the node
   * @param state is the clock's own while the shard waits at the edge
   */
  record ShardReady(
      int shard,
      Shard state,
      ActorRef<ShardProtocol.Command> ref,
      List<ActorRef<ProcessProtocol.Command>> processes)
      implements Command {}

  /** A shard waits at the edge; {@code node}: the promise of all shards of the node. */
  record ShardAtEdge(int shard, Promise node) implements Command {}

  /** All nodes are there. */
  enum Begin implements Command {
    INSTANCE
  }

  /** Another node has ended a round. */
  record Received(NodeBatch batch) implements Command {}

  /** What the judge said of the cut at which the node waits, and the judge's posture since. */
  record Decided(CutJudge.Decision decision, long posture) implements Command {}

  /** All nodes' snapshots are kept as one whole, and the run may go on. */
  enum AllSaved implements Command {
    INSTANCE
  }
}
