package stillpoint.actors.cluster;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import stillpoint.actors.checkpoint.CheckpointError;
import stillpoint.actors.snapshot.DamagedSnapshot;
import stillpoint.actors.time.SupervisionProtocol;
import stillpoint.machine.time.BrokenInvariant;

/**
 * What a node is to the cluster: says that it is there, builds its part of a machine when it is told,
 * and gives it up when it is told, or when a higher epoch begins. Decides nothing.
 *
 * <p>A node says that its part is prepared only when it sees all nodes of the run up. Who is not up yet
 * has no vote when the network is cut: a run that began sooner could end on all its nodes because one
 * of them was lost.
 */
final class NodeAgent {
  private static final Logger LOG = LoggerFactory.getLogger(NodeAgent.class);
  private static final Duration ANNOUNCE_EVERY = Duration.ofMillis(500);
  private static final Duration LOOK_EVERY = Duration.ofMillis(50);

  /** From within this JVM. */
  sealed interface Local extends ControlProtocol.AgentCommand {}

  private enum AnnounceNow implements Local {
    INSTANCE
  }

  private record LookWhoIsUp(long epoch) implements Local {}

  private record SpecArrived(long epoch, byte[] bytes) implements Local {}

  private record GatewayReady(
      long epoch, ActorRef<ClusterGateway.Command> gateway, BatchSockets sockets, long fromCycle)
      implements Local {}

  private record RunCompleted(long epoch, byte[] result) implements Local {}

  private record RunFailed(long epoch, BrokenInvariant failure) implements Local {}

  /** Who is in the cluster, as this node sees it. */
  @FunctionalInterface
  interface Members {
    /** Whether all of these are up; {@code names} as in {@link Offer}. */
    boolean areUp(List<String> names);
  }

  /**
   * The code behind what nodes are asked for, and what stands between this one and the others.
   *
   * @param wires nothing, but in tests
   */
  record Means(
      Workload.Reader machines,
      RunMaker.Reader explorations,
      WireStage wires,
      NetworkCut cut,
      Members members) {}

  /**
   * What this node offers.
   *
   * @param name for people: host and port
   * @param capacity CPUs
   */
  record Offer(String name, int capacity) {}

  private final ActorContext<ControlProtocol.AgentCommand> context;
  private final ActorRef<ControlProtocol.CoordinatorCommand> coordinator;
  private final Offer offer;
  private final Means means;

  private long epoch;
  private ControlProtocol.Prepare prepare;
  private ControlProtocol.Stage stage = ControlProtocol.Stage.IDLE;

  /** What the coordinator must hear of this epoch, said again until it is over; null if nothing. */
  private ControlProtocol.CoordinatorCommand word;

  /** The run that is under way, or one that is being given up. */
  private ActorRef<SupervisionProtocol.RunCommand> run;

  private boolean givenUp;

  /** What is to be said when all nodes of the run are up, or null. */
  private ControlProtocol.Prepared prepared;

  /** Who makes runs of the exploration that was last wanted; null if none was. */
  private ActorRef<ExploreProtocol.MakerCommand> maker;

  private String explored;

  private byte[] waitingSpec;
  private ActorRef<ClusterGateway.Command> gateway;
  private BatchSockets sockets;

  private NodeAgent(
      ActorContext<ControlProtocol.AgentCommand> context,
      ActorRef<ControlProtocol.CoordinatorCommand> coordinator,
      Offer offer,
      Means means) {
    this.context = context;
    this.coordinator = coordinator;
    this.offer = offer;
    this.means = means;
  }

  /** {@code coordinator}: wherever it is. */
  static Behavior<ControlProtocol.AgentCommand> create(
      ActorRef<ControlProtocol.CoordinatorCommand> coordinator, Offer offer, Means means) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                (TimerScheduler<ControlProtocol.AgentCommand> timers) -> {
                  timers.startTimerWithFixedDelay(AnnounceNow.INSTANCE, ANNOUNCE_EVERY);
                  context.getSelf().tell(AnnounceNow.INSTANCE);
                  NodeAgent agent = new NodeAgent(context, coordinator, offer, means);
                  return Behaviors.receive(ControlProtocol.AgentCommand.class)
                      .onAnyMessage(
                          command -> {
                            agent.on(command);
                            return Behaviors.same();
                          })
                      .onSignal(
                          Terminated.class,
                          ended -> {
                            agent.ended(ended);
                            return Behaviors.same();
                          })
                      .build();
                }));
  }

  private void on(ControlProtocol.AgentCommand command) {
    switch (command) {
      case AnnounceNow _ -> {
        announce();
        if (word != null) {
          // it may have been lost on its way
          prepare.coordinator().tell(word);
        }
      }
      case LookWhoIsUp(long forEpoch) -> {
        if (forEpoch == epoch) {
          sayPrepared();
        }
      }
      case ControlProtocol.Prepare next -> prepare(next);
      case SpecArrived(long forEpoch, byte[] bytes) -> {
        if (forEpoch == epoch) {
          waitingSpec = bytes;
          startIfFree();
        }
      }
      case GatewayReady(long forEpoch, var readyGateway, var readySockets, long fromCycle) -> {
        if (forEpoch == epoch) {
          gateway = readyGateway;
          sockets = readySockets;
          var endpoint =
              sockets == null
                  ? BatchSockets.Endpoint.NONE
                  : new BatchSockets.Endpoint(hostOf(offer.name()), sockets.port());
          prepared =
              new ControlProtocol.Prepared(epoch, prepare.node(), gateway, endpoint, fromCycle);
          sayPrepared();
        }
      }
      case ControlProtocol.Connect(long forEpoch, var gateways, var endpoints) -> {
        if (forEpoch == epoch && stage == ControlProtocol.Stage.PREPARED) {
          stage = ControlProtocol.Stage.CONNECTED;
          word = null;
          connect(gateways, endpoints);
        }
      }
      case ControlProtocol.Abandon(long forEpoch) -> {
        if (forEpoch == epoch) {
          LOG.info("epoch {} is over", epoch);
          stopRun();
        }
      }
      case ExploreProtocol.Begin begin -> explore(begin);
      case RunCompleted(long forEpoch, byte[] result) -> {
        if (forEpoch == epoch) {
          var holder = context.spawnAnonymous(BulkHolder.of(result));
          say(new ControlProtocol.Finished(epoch, holder));
        }
      }
      case RunFailed(long forEpoch, BrokenInvariant failure) -> {
        boolean over = stage == ControlProtocol.Stage.IDLE;
        if (forEpoch == epoch && !over && !(word instanceof ControlProtocol.NodeFailed)) {
          tellFailure(failure);
        }
      }
    }
  }

  private void sayPrepared() {
    if (prepared == null) {
      return;
    }
    if (means.members().areUp(prepare.parts().stream().map(ControlProtocol.Part::name).toList())) {
      stage = ControlProtocol.Stage.PREPARED;
      say(prepared);
      prepared = null;
    } else {
      context.scheduleOnce(LOOK_EVERY, context.getSelf(), new LookWhoIsUp(epoch));
    }
  }

  private void explore(ExploreProtocol.Begin begin) {
    if (begin.run().equals(explored)) {
      return; // heard already
    }
    if (maker != null) {
      context.stop(maker);
    }
    explored = begin.run();
    maker = context.spawnAnonymous(ExploreMaker.create(begin, offer.name(), means.explorations()));
  }

  private void tellFailure(BrokenInvariant failure) {
    Optional<String> mendable = mendable(failure);
    if (mendable.isPresent()) {
      LOG.error("epoch {} cannot go on here: {}", epoch, mendable.get());
    } else {
      LOG.error("epoch {} broke an invariant on this node", epoch, failure);
    }
    String text = mendable.orElse(failure.getMessage());
    say(new ControlProtocol.NodeFailed(epoch, prepare.node(), text, mendable.isPresent()));
  }

  private void announce() {
    coordinator.tell(
        new ControlProtocol.Announce(
            context.getSelf(),
            offer.name(),
            offer.capacity(),
            Runtime.getRuntime().availableProcessors(),
            epoch,
            prepare == null ? 0 : prepare.attempt(),
            stage));
  }

  private void say(ControlProtocol.CoordinatorCommand what) {
    word = what;
    prepare.coordinator().tell(what);
  }

  /** What is wrong with a checkpoint or its folder, if it was that. */
  private static Optional<String> mendable(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CheckpointError) {
        return Optional.of(cause.getMessage());
      }
      if (cause instanceof DamagedSnapshot) {
        return Optional.of(
            "the checkpoint cannot be gone on from: "
                + cause.getMessage()
                + "; run the scenario from its beginning");
      }
    }
    return Optional.empty();
  }

  private void connect(
      List<ActorRef<ClusterGateway.Command>> gateways, List<BatchSockets.Endpoint> endpoints) {
    BatchSockets fast = sockets;
    if (fast != null) {
      fast.connect(endpoints);
    }
    ClusterGateway.Wire carrier =
        (to, frame) -> {
          if (means.cut().isCut()) {
            return; // the link sends it again
          }
          if (fast == null || !fast.send(to, frame)) {
            gateways.get(to).tell(frame);
          }
        };
    gateway.tell(new ClusterGateway.Peers(means.wires().before(carrier)));
  }

  private static String hostOf(String name) {
    return name.substring(0, name.lastIndexOf(':'));
  }

  private void prepare(ControlProtocol.Prepare next) {
    if (prepare != null && next.attempt() == prepare.attempt()) {
      return; // heard already
    }
    if (next.epoch() <= epoch) {
      LOG.warn("refused epoch {}: this node knows epoch {}", next.epoch(), epoch);
      return;
    }
    LOG.info("epoch {}: this is node {} of {}", next.epoch(), next.node(), next.parts().size());
    stopRun();
    epoch = next.epoch();
    prepare = next;
    stage = ControlProtocol.Stage.PREPARING;
    waitingSpec = null;
    var self = context.getSelf();
    long forEpoch = epoch;
    context.spawnAnonymous(
        BulkFetcher.create(next.spec(), bytes -> self.tell(new SpecArrived(forEpoch, bytes))));
  }

  private void stopRun() {
    if (sockets != null) {
      // a gateway that waits for a peer who reads no more could not be stopped
      sockets.close();
    }
    gateway = null;
    sockets = null;
    prepared = null;
    waitingSpec = null;
    word = null;
    stage = ControlProtocol.Stage.IDLE;
    if (run != null) {
      givenUp = true;
      context.stop(run);
    }
  }

  private void ended(Terminated ended) {
    if (!ended.getRef().equals(run)) {
      return;
    }
    run = null;
    if (givenUp) {
      startIfFree();
    } else {
      // signals overtake messages: what it said of its own failure must be heard first
      var stopped = new BrokenInvariant("the node's part of the run stopped before its end");
      context.getSelf().tell(new RunFailed(epoch, stopped));
    }
  }

  /** The threads of the run before must be free, and the bytes there. */
  private void startIfFree() {
    if (run != null || waitingSpec == null) {
      return;
    }
    var self = context.getSelf();
    long forEpoch = epoch;
    try {
      Workload workload = means.machines().read(waitingSpec);
      waitingSpec = null;
      NodeRun.Listener listener =
          new NodeRun.Listener() {
            @Override
            public void prepared(
                ActorRef<ClusterGateway.Command> ready, BatchSockets readySockets, long fromCycle) {
              self.tell(new GatewayReady(forEpoch, ready, readySockets, fromCycle));
            }

            @Override
            public void completed(byte[] result) {
              self.tell(new RunCompleted(forEpoch, result));
            }

            @Override
            public void failed(BrokenInvariant failure) {
              self.tell(new RunFailed(forEpoch, failure));
            }
          };
      givenUp = false;
      run =
          context.spawn(NodeRun.create(prepare, workload, means.cut(), listener), "epoch-" + epoch);
      context.watch(run);
    } catch (RuntimeException | Error failure) {
      self.tell(
          new RunFailed(forEpoch, new BrokenInvariant("cannot be built: " + failure, failure)));
    }
  }
}
