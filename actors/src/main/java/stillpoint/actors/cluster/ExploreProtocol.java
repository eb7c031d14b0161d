package stillpoint.actors.cluster;

import akka.actor.typed.ActorRef;
import java.util.List;

/**
 * The talk about explorations. Who asks for one hands out the numbers of runs and gets back what came of them. Each message may
 * be lost: a node says again and again what it holds and what it has made until that is acknowledged, and every such word
 * is answered with what it should hold and does not.
 */
interface ExploreProtocol {
  /**
   * Who asks for an exploration -> run coordinator: may I have nodes? Said again and again, since the coordinator may be a
   * new one, and nodes come and go.
   *
   * @param run name of the exploration, of which there is no other
   * @param nodes number wanted; 0 for all that are there
   * @param waitMillis gives up when the nodes are not there after so long
   * @param places CPUs of the machine, which every node carries whole
   * @param again whether some coordinator has given it nodes already
   */
  record Explore(
      String run,
      int nodes,
      long waitMillis,
      int places,
      boolean again,
      ActorRef<ClientCommand> client)
      implements ControlProtocol.CoordinatorCommand {}

  /** Run coordinator, or who makes runs -> who asked for an exploration. */
  sealed interface ClientCommand extends ClusterMessage
      permits Crew, Waiting, Lost, Told, Broke, ExploreClient.Local {}

  /**
   * A node that may be told to begin.
   *
   * @param name for people: host and port
   */
  record Member(String name, ActorRef<ControlProtocol.AgentCommand> agent) {}

  /** The nodes that there are now. */
  record Crew(String run, List<Member> members) implements ClientCommand {}

  /** A line for people. */
  record Waiting(String run, String text) implements ClientCommand {}

  /** There will be no nodes; the text says why. */
  record Lost(String run, String text) implements ClientCommand {}

  /** A run that a node has made. */
  record Made(long number, byte[] bytes) {}

  /**
   * How far a node has come.
   *
   * @param node its name
   * @param threads it makes so many runs at a time
   * @param made what is not acknowledged, or as much of it as goes into a frame
   * @param held numbers that it has not made yet, or whose runs are not in {@code made}
   */
  record Told(
      String run,
      String node,
      int threads,
      List<Made> made,
      List<Long> held,
      ActorRef<MakerCommand> replyTo)
      implements ClientCommand {}

  /** A node cannot make runs: a fault of the simulator. */
  record Broke(String run, String node, String text) implements ClientCommand {}

  /**
   * Who asked for an exploration -> node agent: make runs of it.
   *
   * @param threads so many at a time; 0 for one a processor
   * @param spec has the bytes that {@link RunMaker.Reader} reads
   */
  record Begin(
      String run, int threads, ActorRef<BulkProtocol.Fetch> spec, ActorRef<ClientCommand> client)
      implements ControlProtocol.AgentCommand {}

  /** Who asked for an exploration -> who makes runs. */
  sealed interface MakerCommand extends ClusterMessage permits Hand, Over, ExploreMaker.Local {}

  /**
   * More to do.
   *
   * @param numbers of runs to make, known ones perhaps among them
   * @param acknowledged those that have arrived and need not be told again
   */
  record Hand(List<Long> numbers, List<Long> acknowledged) implements MakerCommand {}

  /** Nobody wants more runs; those under way are given up. */
  record Over(String run) implements MakerCommand {}
}
