package stillpoint.actors.cluster;

import akka.actor.typed.ActorRef;
import java.util.List;

/** The talk about runs: node agents, the run coordinator and who asked for a run. */
interface ControlProtocol {
  /** Run coordinator -> node agent. */
  sealed interface AgentCommand extends ClusterMessage
      permits Prepare, Connect, Abandon, ExploreProtocol.Begin, NodeAgent.Local {}

  /**
   * A node of a run.
   *
   * @param name for people: host and port
   * @param capacity its share of the machine is in proportion to it
   * @param shards threads
   */
  public record Part(String name, int capacity, int shards) {}

  /** How far a node has come with what it was last told to prepare. */
  enum Stage {
    IDLE,
    PREPARING,
    PREPARED,
    CONNECTED
  }

  /**
   * Build this node's part of a machine.
   *
   * @param epoch of the run: one that is higher ends those that are lower
   * @param attempt drawn for this epoch: two coordinators that know nothing of each other may give
   *     out the same one
   * @param node which of {@code parts} this one is
   * @param judge which of them has the judge
   * @param secret of this attempt
   * @param again whether the run was begun before and goes on from its newest snapshot
   * @param spin whether threads may spin for each other
   * @param spec has the workload's bytes
   */
  record Prepare(
      long epoch,
      long attempt,
      int node,
      int judge,
      List<Part> parts,
      BatchSockets.Secret secret,
      boolean again,
      boolean spin,
      ActorRef<BulkProtocol.Fetch> spec,
      ActorRef<CoordinatorCommand> coordinator)
      implements AgentCommand {}

  /** All nodes of the run have built their parts; these are their gateways, and their sockets. */
  record Connect(
      long epoch,
      List<ActorRef<ClusterGateway.Command>> gateways,
      List<BatchSockets.Endpoint> sockets)
      implements AgentCommand {}

  /** The run, or this attempt at it, is over. */
  record Abandon(long epoch) implements AgentCommand {}

  /** Node agent, or who asks for a run -> run coordinator. */
  sealed interface CoordinatorCommand extends ClusterMessage
      permits Announce,
          Gone,
          Prepared,
          NodeFailed,
          Finished,
          Submit,
          Cancel,
          ExploreProtocol.Explore,
          RunCoordinator.Local {}

  /**
   * A node is there; said again and again, since the coordinator may be a new one.
   *
   * @param name for people: host and port
   * @param capacity CPUs it would carry
   * @param processors of its host
   * @param epoch the highest one it knows
   * @param attempt of that epoch
   * @param stage that it has reached there
   */
  record Announce(
      ActorRef<AgentCommand> agent,
      String name,
      int capacity,
      int processors,
      long epoch,
      long attempt,
      Stage stage)
      implements CoordinatorCommand {}

  /** The process of a node has ended: nobody need wait for its heartbeat. */
  record Gone(String name) implements CoordinatorCommand {}

  /** {@code fromCycle}: of the snapshot that the node found; -1 if it begins anew. */
  record Prepared(
      long epoch,
      int node,
      ActorRef<ClusterGateway.Command> gateway,
      BatchSockets.Endpoint socket,
      long fromCycle)
      implements CoordinatorCommand {}

  /**
   * A node's part broke one of the simulator's own rules.
   *
   * @param mendable whether it was no such rule, but a checkpoint or its folder, which the user can
   *     mend
   */
  record NodeFailed(long epoch, int node, String text, boolean mendable)
      implements CoordinatorCommand {}

  /** The run has come to its end; {@code result} has what came of it. */
  record Finished(long epoch, ActorRef<BulkProtocol.Fetch> result) implements CoordinatorCommand {}

  /**
   * A run is wanted; said again and again, since the coordinator may be a new one.
   *
   * @param run name of the run, of which there is no other
   * @param nodes number wanted; 0 for all that are there
   * @param threads on each node; 0 for one
   * @param waitMillis gives up when the nodes are not there after so long
   * @param places of the machine: CPUs with what stands next to them
   * @param checkpoints whether it writes any: then it is tried once more if it breaks
   * @param again whether some coordinator has begun it already
   * @param spec has the workload's bytes
   */
  record Submit(
      String run,
      int nodes,
      int threads,
      long waitMillis,
      int places,
      boolean checkpoints,
      boolean again,
      ActorRef<BulkProtocol.Fetch> spec,
      ActorRef<ClientCommand> client)
      implements CoordinatorCommand {}

  /** Nobody waits for the run, or the exploration, any more. */
  record Cancel(String run) implements CoordinatorCommand {}

  /** Run coordinator -> who asked for a run. */
  sealed interface ClientCommand extends ClusterMessage
      permits Progress, Started, RunDone, RunLost, RunBroken, RunRefused, RunClient.Local {}

  /** A line for people. */
  record Progress(String run, String text) implements ClientCommand {}

  /** An attempt at the run has begun, on these nodes. */
  record Started(String run, long epoch, List<Part> parts) implements ClientCommand {}

  record RunDone(String run, int nodes, ActorRef<BulkProtocol.Fetch> result)
      implements ClientCommand {}

  /** Nodes are missing, or lost beyond recovery. */
  record RunLost(String run, String text) implements ClientCommand {}

  /** The simulator broke one of its own rules. */
  record RunBroken(String run, String text) implements ClientCommand {}

  /** A node cannot do what the user asked for; the text says what would help. */
  record RunRefused(String run, String text) implements ClientCommand {}
}
