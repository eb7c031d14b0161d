package stillpoint.actors.cluster;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.PostStop;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.Config;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import stillpoint.actors.snapshot.Checkpointing;
import stillpoint.actors.time.NodeActors;
import stillpoint.actors.time.SupervisionProtocol;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.CutJudge;
import stillpoint.machine.time.NodeRule;
import stillpoint.machine.time.Placement;
import stillpoint.machine.time.RunOutcome;

/**
 * Root of one attempt at a run on one node: builds the node's actors and its gateway, and tells the
 * node's agent how it ended. Stopping it stops all of them.
 */
final class NodeRun {
  /** Rounds overlap where they are so many times longer than windows: then there is work meanwhile. */
  private static final long OVERLAP_FROM_WINDOWS = 8;

  private NodeRun() {}

  /** Who hears of the node's part in the run. In this JVM. */
  interface Listener {
    /**
     * @param sockets null if there are none
     * @param fromCycle of the snapshot that the run goes on from; -1 from its beginning
     */
    void prepared(ActorRef<ClusterGateway.Command> gateway, BatchSockets sockets, long fromCycle);

    void completed(byte[] result);

    void failed(BrokenInvariant failure);
  }

  static Behavior<SupervisionProtocol.RunCommand> create(
      ControlProtocol.Prepare prepare, Workload workload, NetworkCut cut, Listener listener) {
    return Behaviors.setup(
        context -> {
          try {
            return started(context, prepare, workload, cut, listener);
          } catch (RuntimeException | Error failure) {
            listener.failed(
                failure instanceof BrokenInvariant broken
                    ? broken
                    : new BrokenInvariant("a node cannot be built: " + failure, failure));
            return Behaviors.stopped();
          }
        });
  }

  private static Behavior<SupervisionProtocol.RunCommand> started(
      ActorContext<SupervisionProtocol.RunCommand> context,
      ControlProtocol.Prepare prepare,
      Workload workload,
      NetworkCut cut,
      Listener listener) {
    Placement placement = placement(workload, prepare.parts());
    int node = prepare.node();
    CutJudge judge = workload.newJudge();
    Checkpointing checkpointing = workload.checkpointing(prepare.again());
    checkpointing.from().ifPresent(point -> checkpointing.snapshots().load(point.judge(), judge));
    String shardDispatcher = prepare.spin() ? "spinning-shard-" : "parking-shard-";
    NodeActors actors =
        new NodeActors(
            workload.model(),
            placement,
            node,
            judge,
            workload::reads,
            checkpointing,
            shard -> "stillpoint.dispatchers." + shardDispatcher + shard);
    ClusterGateway.Local local = new ClusterGateway.Local(node, prepare.judge());
    var behavior =
        ClusterGateway.create(
            prepare.epoch(),
            node,
            placement.nodes(),
            prepare.judge(),
            new NodeWire(workload),
            local,
            context.getSystem().settings().config().getDuration("stillpoint.links.resend-after"),
            context.getSelf());
    var gateway =
        context.spawn(
            behavior,
            "gateway",
            DispatcherSelector.fromConfig("stillpoint.dispatchers." + shardDispatcher + 0));
    context.watch(gateway);
    local.connect(gateway);
    if (node == prepare.judge()) {
      actors.spawnMachine(context, local);
    }
    actors.spawnNode(context, rule(workload, placement, judge, checkpointing), local);
    BatchSockets sockets = sockets(context, prepare, cut, gateway);
    long from = checkpointing.from().map(point -> point.at().cycle()).orElse(-1L);
    listener.prepared(gateway, sockets, from);
    return running(context.getSelf(), workload, judge, sockets, listener);
  }

  /** On the address that Artery is bound to; with TLS there are none, for these speak plainly. */
  private static BatchSockets sockets(
      ActorContext<?> context,
      ControlProtocol.Prepare prepare,
      NetworkCut cut,
      ActorRef<ClusterGateway.Command> gateway) {
    Config config = context.getSystem().settings().config();
    if (!config.getBoolean("stillpoint.batch-sockets") || !CheckedTcp.isPlain(config)) {
      return null;
    }
    try {
      return new BatchSockets(
          InetAddress.getByName(listeningHost(config)),
          prepare.epoch(),
          prepare.node(),
          prepare.parts().size(),
          prepare.secret(),
          frame -> {
            if (!cut.isCut()) {
              gateway.tell(frame);
            }
          });
    } catch (IOException e) {
      context.getLog().warn("no sockets, Artery carries the batches: {}", e.getMessage());
      return null;
    }
  }

  /** Where Artery listens, and nothing else may: not always where the others reach it. */
  static String listeningHost(Config config) {
    String bound = config.getString("akka.remote.artery.bind.hostname");
    return bound.isEmpty() ? config.getString("akka.remote.artery.canonical.hostname") : bound;
  }

  static Placement placement(Workload workload, List<ControlProtocol.Part> parts) {
    return Placement.of(
        workload.model(),
        parts.stream().map(part -> new Placement.Node(part.capacity(), part.shards())).toList());
  }

  private static NodeRule rule(
      Workload workload, Placement placement, CutJudge judge, Checkpointing checkpointing) {
    long crossing = placement.crossingCycles();
    long local = workload.model().lookaheadCycles();
    boolean overlap = crossing / OVERLAP_FROM_WINDOWS >= local;
    return new NodeRule(placement.nodes(), crossing, overlap, judge, checkpointing.schedule());
  }

  private static Behavior<SupervisionProtocol.RunCommand> running(
      ActorRef<SupervisionProtocol.RunCommand> self,
      Workload workload,
      CutJudge judge,
      BatchSockets sockets,
      Listener listener) {
    return Behaviors.receive(SupervisionProtocol.RunCommand.class)
        .onMessage(
            SupervisionProtocol.Completed.class,
            completed -> {
              RunOutcome outcome = completed.outcome();
              try {
                listener.completed(workload.result(judge, outcome, completed.nanos()));
              } catch (RuntimeException failure) {
                listener.failed(
                    failure instanceof BrokenInvariant broken
                        ? broken
                        : new BrokenInvariant("no report can be made: " + failure, failure));
              }
              return Behaviors.same();
            })
        .onMessage(
            SupervisionProtocol.Failed.class,
            failed -> {
              listener.failed(failed.failure());
              return Behaviors.same();
            })
        .onSignal(
            Terminated.class,
            stopped -> {
              String name = stopped.getRef().path().name();
              self.tell(
                  new SupervisionProtocol.Failed(
                      new BrokenInvariant("actor " + name + " stopped before the run's end")));
              return Behaviors.same();
            })
        .onSignal(
            PostStop.class,
            _ -> {
              if (sockets != null) {
                sockets.close();
              }
              workload.close();
              return Behaviors.same();
            })
        .build();
  }
}
