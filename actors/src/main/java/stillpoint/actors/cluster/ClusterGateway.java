package stillpoint.actors.cluster;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.Behaviors;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import stillpoint.actors.link.LinkCounts;
import stillpoint.actors.link.LinkFrame;
import stillpoint.actors.link.ReliableLink;
import stillpoint.actors.time.NodeGateway;
import stillpoint.actors.time.NodeProtocol;
import stillpoint.actors.time.SupervisionProtocol;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.Event;
import stillpoint.machine.time.NodeBatch;
import stillpoint.machine.time.RemoteTraffic;

/**
 * The way from a node of a run to the others, in another JVM each: packs what is said and sends it
 * over a {@link ReliableLink} a peer. What carries frames is handed in, so that tests can put a lossy
 * channel there.
 */
final class ClusterGateway implements NodeWire.Receiver {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterGateway.class);

  /** So often links are asked whether something is due. */
  private static final Duration TICK = Duration.ofMillis(20);

  /** What a gateway is told. */
  sealed interface Command extends ClusterMessage permits Frame, ToNode, ToMachine, Peers, Tick {}

  /** Another node's gateway -> gateway; the fields are {@link LinkFrame}'s. */
  record Frame(
      long epoch,
      int from,
      long sequence,
      boolean last,
      long expected,
      boolean missing,
      byte[] bytes)
      implements Command {
    Frame(long epoch, int from, LinkFrame frame) {
      this(
          epoch,
          from,
          frame.sequence(),
          frame.last(),
          frame.expected(),
          frame.missing(),
          frame.bytes());
    }

    LinkFrame frame() {
      return new LinkFrame(sequence, last, expected, missing, bytes);
    }
  }

  /** This node's actors -> gateway. */
  record ToNode(int node, NodeProtocol.Command command) implements Command {}

  record ToMachine(SupervisionProtocol.MachineCommand command) implements Command {}

  /** The others' gateways are known. */
  record Peers(Wire wire) implements Command {}

  enum Tick implements Command {
    INSTANCE
  }

  /** Carries a frame to another node's gateway, or loses it. */
  @FunctionalInterface
  interface Wire {
    void send(int toNode, Frame frame);
  }

  private final long epoch;
  private final int node;
  private final int judgeNode;
  private final NodeWire codec;
  private final Local local;
  private final ActorRef<SupervisionProtocol.RunCommand> guardian;
  private final ReliableLink[] links;
  private Wire wire;

  private ClusterGateway(
      long epoch,
      int node,
      int nodes,
      int judgeNode,
      NodeWire codec,
      Local local,
      Duration resendAfter,
      ActorRef<SupervisionProtocol.RunCommand> guardian) {
    this.epoch = epoch;
    this.node = node;
    this.judgeNode = judgeNode;
    this.codec = codec;
    this.local = local;
    this.guardian = guardian;
    this.links = new ReliableLink[nodes];
    for (int other = 0; other < nodes; other++) {
      links[other] = new ReliableLink(resendAfter.toNanos());
    }
  }

  /** {@code resendAfter}: what nobody has acknowledged for so long is sent again. */
  static Behavior<Command> create(
      long epoch,
      int node,
      int nodes,
      int judgeNode,
      NodeWire codec,
      Local local,
      Duration resendAfter,
      ActorRef<SupervisionProtocol.RunCommand> guardian) {
    return Behaviors.withTimers(
        timers -> {
          timers.startTimerWithFixedDelay(Tick.INSTANCE, TICK);
          var gateway =
              new ClusterGateway(
                  epoch, node, nodes, judgeNode, codec, local, resendAfter, guardian);
          return Behaviors.receive(Command.class)
              .onAnyMessage(gateway::receive)
              .onSignal(
                  PostStop.class,
                  _ -> {
                    gateway.sayCounts();
                    return Behaviors.same();
                  })
              .build();
        });
  }

  private Behavior<Command> receive(Command command) {
    try {
      on(command);
      return Behaviors.same();
    } catch (RuntimeException | StackOverflowError failure) {
      String what = "gateway of node " + node + ": " + failure;
      guardian.tell(
          new SupervisionProtocol.Failed(
              failure instanceof BrokenInvariant broken
                  ? broken
                  : new BrokenInvariant(what, failure)));
      return Behaviors.stopped();
    }
  }

  private void sayCounts() {
    LinkCounts all = LinkCounts.NONE;
    for (ReliableLink link : links) {
      all = all.plus(link.counts());
    }
    LOG.info(
        "epoch {}: links sent {} frames, {} of them again, asked for {}, dropped {} duplicates",
        epoch,
        all.sent(),
        all.resent(),
        all.asked(),
        all.duplicates());
  }

  private void on(Command command) {
    long now = System.nanoTime();
    switch (command) {
      case Frame frame -> {
        if (frame.epoch() == epoch && frame.from() >= 0 && frame.from() < links.length) {
          ReliableLink.Received received = links[frame.from()].receive(frame.frame(), now);
          send(frame.from(), received.frames());
          received.payloads().forEach(payload -> codec.unpack(payload, this));
        }
      }
      case ToNode(int to, NodeProtocol.Command said) -> {
        byte[] packed = codec.pack(said);
        if (said instanceof NodeProtocol.Received(NodeBatch batch)) {
          local.sent(batch, packed.length);
        }
        send(to, links[to].send(packed, now));
      }
      case ToMachine(var said) -> send(judgeNode, links[judgeNode].send(codec.pack(said), now));
      case Peers(Wire way) -> {
        wire = way;
        // what was said before the others were known need not wait until somebody misses it
        for (int other = 0; other < links.length; other++) {
          send(other, links[other].again(now));
        }
      }
      case Tick _ -> {
        for (int other = 0; other < links.length; other++) {
          send(other, links[other].tick(now));
        }
      }
    }
  }

  private void send(int to, List<LinkFrame> frames) {
    if (wire == null) {
      // kept by the link, and sent when the others are known
      return;
    }
    for (LinkFrame frame : frames) {
      wire.send(to, new Frame(epoch, node, frame));
    }
  }

  @Override
  public void forNode(NodeProtocol.Command command) {
    local.clock.tell(command);
  }

  @Override
  public void forMachine(SupervisionProtocol.MachineCommand command) {
    if (local.machine == null) {
      throw new BrokenInvariant("node " + node + " has no judge and is told " + command);
    }
    local.machine.tell(command);
  }

  /** What this node's actors see of the gateway. */
  static final class Local implements NodeGateway {
    private final int node;
    private final int judgeNode;
    private volatile RemoteTraffic traffic = RemoteTraffic.NONE;
    private volatile ActorRef<Command> gateway;
    private volatile ActorRef<NodeProtocol.Command> clock;
    private volatile ActorRef<SupervisionProtocol.MachineCommand> machine;

    Local(int node, int judgeNode) {
      this.node = node;
      this.judgeNode = judgeNode;
    }

    /** Before the node's actors are there. */
    void connect(ActorRef<Command> actor) {
      gateway = actor;
    }

    @Override
    public void connectNode(ActorRef<NodeProtocol.Command> nodeClock) {
      clock = nodeClock;
    }

    @Override
    public void connectMachine(ActorRef<SupervisionProtocol.MachineCommand> supervisor) {
      machine = supervisor;
    }

    @Override
    public void toNode(int to, NodeProtocol.Command command) {
      if (to == node) {
        clock.tell(command);
        return;
      }
      gateway.tell(new ToNode(to, command));
    }

    @Override
    public void toMachine(SupervisionProtocol.MachineCommand command) {
      if (node == judgeNode) {
        machine.tell(command);
      } else {
        gateway.tell(new ToMachine(command));
      }
    }

    /** A batch goes out; said by the gateway's thread alone. */
    void sent(NodeBatch batch, int bytes) {
      int events = 0;
      for (Event event = batch.events(); event != null; event = event.next()) {
        events++;
      }
      traffic = traffic.and(new RemoteTraffic(1, events, bytes));
    }

    @Override
    public RemoteTraffic traffic() {
      return traffic;
    }
  }
}
