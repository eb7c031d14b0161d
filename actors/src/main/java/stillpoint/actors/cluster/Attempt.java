package stillpoint.actors.cluster;

import akka.actor.typed.ActorRef;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import stillpoint.machine.time.Placement;

/**
 * One attempt at a run, as its coordinator sees it: who takes part, and how far they have come. What
 * goes from JVM to JVM may be lost on its way; so whoever announces that he has not heard something is
 * told once more.
 */
final class Attempt {
  /** Dispatchers are there for so many. */
  static final int MOST_THREADS_A_NODE = 64;

  private final long epoch;
  private final long number;
  private final List<ControlProtocol.Announce> nodes;
  private final List<ControlProtocol.Part> parts;
  private final List<ControlProtocol.Prepare> prepares = new ArrayList<>();
  private final List<ActorRef<ClusterGateway.Command>> gateways;
  private final List<BatchSockets.Endpoint> sockets;
  private final SortedSet<Long> fromCycles = new TreeSet<>();
  private int prepared;
  private ControlProtocol.Connect connect;

  /**
   * @param epoch higher than any that a node knows
   * @param nodes that take part
   * @param again whether the run was begun before
   */
  Attempt(
      long epoch,
      List<ControlProtocol.Announce> nodes,
      ControlProtocol.Submit wanted,
      boolean again,
      SecureRandom random,
      ActorRef<ControlProtocol.CoordinatorCommand> coordinator) {
    this.epoch = epoch;
    this.number = random.nextLong();
    this.nodes = List.copyOf(nodes);
    this.gateways = new ArrayList<>(Collections.nCopies(nodes.size(), null));
    this.sockets = new ArrayList<>(Collections.nCopies(nodes.size(), null));
    int threads = threads(wanted.threads(), nodes.size());
    this.parts =
        nodes.stream()
            .map(node -> new ControlProtocol.Part(node.name(), node.capacity(), threads))
            .toList();
    BatchSockets.Secret secret = new BatchSockets.Secret(random.nextLong(), random.nextLong());
    for (int node = 0; node < nodes.size(); node++) {
      prepares.add(
          new ControlProtocol.Prepare(
              epoch,
              number,
              node,
              0,
              parts,
              secret,
              again,
              spin(threads),
              wanted.spec(),
              coordinator));
    }
  }

  /** Threads for each of so many nodes, when {@code wanted} are; 0 for one. */
  static int threads(int wanted, int nodes) {
    int most = Math.min(MOST_THREADS_A_NODE, Placement.MOST_SHARDS / nodes);
    return Math.clamp(wanted, 1, most);
  }

  /** Threads may spin only where each has a processor of its own. */
  private boolean spin(int threads) {
    var hosts =
        nodes.stream().collect(Collectors.groupingBy(Attempt::hostOf, Collectors.counting()));
    return threads > 1
        && nodes.stream().allMatch(node -> hosts.get(hostOf(node)) * threads <= node.processors());
  }

  private static String hostOf(ControlProtocol.Announce node) {
    return node.name().substring(0, node.name().lastIndexOf(':'));
  }

  long epoch() {
    return epoch;
  }

  int size() {
    return nodes.size();
  }

  List<ControlProtocol.Part> parts() {
    return parts;
  }

  /** For people. */
  String nameOf(int node) {
    return nodes.get(node).name();
  }

  String names() {
    return nodes.stream().map(ControlProtocol.Announce::name).collect(Collectors.joining(", "));
  }

  /** Which of the nodes an agent is; -1 if none. */
  int placeOf(ActorRef<?> agent) {
    return nodes.stream().map(ControlProtocol.Announce::agent).toList().indexOf(agent);
  }

  void prepare() {
    for (int node = 0; node < nodes.size(); node++) {
      nodes.get(node).agent().tell(prepares.get(node));
    }
  }

  /** A node has built its part; returns whether it was the last one. Heard twice, it is no news. */
  boolean prepared(ControlProtocol.Prepared one) {
    if (gateways.get(one.node()) != null) {
      return false;
    }
    gateways.set(one.node(), one.gateway());
    sockets.set(one.node(), one.socket());
    fromCycles.add(one.fromCycle());
    return ++prepared == nodes.size();
  }

  /** Of the snapshots that the nodes found; -1 for the run's beginning. */
  SortedSet<Long> fromCycles() {
    return fromCycles;
  }

  void connect() {
    connect = new ControlProtocol.Connect(epoch, List.copyOf(gateways), List.copyOf(sockets));
    nodes.forEach(node -> node.agent().tell(connect));
  }

  /** Whether a node of this attempt knows an attempt that this one does not override. */
  boolean overtaken(ControlProtocol.Announce node) {
    return node.epoch() > epoch || node.epoch() == epoch && node.attempt() != number;
  }

  /** Tells a node of this attempt what it has not heard. */
  void remind(ControlProtocol.Announce node) {
    if (node.epoch() < epoch) {
      node.agent().tell(prepares.get(placeOf(node.agent())));
    } else if (node.stage() == ControlProtocol.Stage.PREPARED && connect != null) {
      node.agent().tell(connect);
    }
  }

  void abandon() {
    nodes.forEach(node -> node.agent().tell(new ControlProtocol.Abandon(epoch)));
  }
}
