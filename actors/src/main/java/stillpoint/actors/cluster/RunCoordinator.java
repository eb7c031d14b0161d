package stillpoint.actors.cluster;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The virtual clock's keeper: knows which nodes are there, starts a run on them when enough are, and
 * starts it anew on the others when one is lost. A cluster singleton; when its own node is lost,
 * another node's takes over, hears from nodes and clients again, and begins a higher epoch.
 *
 * <p>Every attempt at a run is an epoch. Epochs only grow: a node refuses what is of a lower one than
 * it knows, so that one that was away cannot disturb those that went on without it.
 */
final class RunCoordinator {
  private static final Logger LOG = LoggerFactory.getLogger(RunCoordinator.class);
  private static final Duration LOOK_EVERY = Duration.ofMillis(250);

  /** A run on all nodes that are there waits so long for another one. */
  private static final long SETTLE_NANOS = 1_500_000_000L;

  private static final long SAY_AGAIN_NANOS = 5_000_000_000L;

  /** From within this JVM. */
  sealed interface Local extends ControlProtocol.CoordinatorCommand {}

  private enum Look implements Local {
    INSTANCE
  }

  private final ActorContext<ControlProtocol.CoordinatorCommand> context;
  private final SecureRandom random = new SecureRandom();

  /** By name, so that the same nodes get the same places. */
  private final TreeMap<String, ControlProtocol.Announce> nodes = new TreeMap<>();

  private ControlProtocol.Submit wanted;
  private long wantedSince;
  private long nodesChanged;
  private long saidAt;

  private long epoch;
  private List<ControlProtocol.Announce> chosen = List.of();
  private List<ActorRef<ClusterGateway.Command>> gateways = new ArrayList<>();
  private List<BatchSockets.Endpoint> sockets = new ArrayList<>();
  private final TreeSet<Long> fromCycles = new TreeSet<>();
  private int prepared;

  /** Whether the run was begun before, by this coordinator or by one that is lost. */
  private boolean again;

  /** Whether the run was begun anew because the simulator broke one of its rules. */
  private boolean retried;

  private RunCoordinator(ActorContext<ControlProtocol.CoordinatorCommand> context) {
    this.context = context;
  }

  static Behavior<ControlProtocol.CoordinatorCommand> create() {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                (TimerScheduler<ControlProtocol.CoordinatorCommand> timers) -> {
                  timers.startTimerWithFixedDelay(Look.INSTANCE, LOOK_EVERY);
                  RunCoordinator coordinator = new RunCoordinator(context);
                  return Behaviors.receive(ControlProtocol.CoordinatorCommand.class)
                      .onAnyMessage(
                          command -> {
                            coordinator.on(command);
                            return Behaviors.same();
                          })
                      .onSignal(
                          Terminated.class,
                          ended -> {
                            coordinator.ended(ended.getRef());
                            return Behaviors.same();
                          })
                      .build();
                }));
  }

  private void on(ControlProtocol.CoordinatorCommand command) {
    switch (command) {
      case ControlProtocol.Announce node -> announced(node);
      case ControlProtocol.Gone(String name) -> {
        if (nodes.containsKey(name)) {
          lost(nodes.get(name));
        }
      }
      case ControlProtocol.Submit submit -> submitted(submit);
      case ControlProtocol.Cancel(String run) -> {
        if (wanted != null && wanted.run().equals(run)) {
          abandon();
          wanted = null;
        }
      }
      case ControlProtocol.Prepared(
              long forEpoch,
              int node,
              var gateway,
              var socket,
              long fromCycle) -> {
        if (forEpoch == epoch && gateways.get(node) == null) {
          gateways.set(node, gateway);
          sockets.set(node, socket);
          fromCycles.add(fromCycle);
          if (++prepared < chosen.size()) {
            return;
          }
          if (fromCycles.size() > 1) {
            // a snapshot was completed while they looked: now all of them see it
            LOG.warn("epoch {}: nodes found different snapshots: {}", epoch, fromCycles);
            abandon();
            start();
          } else {
            if (again) {
              tell(
                  fromCycle < 0
                      ? "going on from the beginning"
                      : "going on from the snapshot at cycle " + fromCycle);
            }
            var connect =
                new ControlProtocol.Connect(epoch, List.copyOf(gateways), List.copyOf(sockets));
            chosen.forEach(one -> one.agent().tell(connect));
          }
        }
      }
      case ControlProtocol.Finished(long forEpoch, var result) -> {
        if (forEpoch == epoch && wanted != null) {
          wanted.client().tell(new ControlProtocol.RunDone(wanted.run(), chosen.size(), result));
        }
      }
      case ControlProtocol.NodeFailed failed -> {
        if (failed.epoch() == epoch && wanted != null && !chosen.isEmpty()) {
          failed(failed);
        }
      }
      case Look _ -> look();
    }
  }

  private void failed(ControlProtocol.NodeFailed failed) {
    String name = chosen.get(failed.node()).name();
    String text = failed.text();
    LOG.error("epoch {} failed on {}: {}", epoch, name, text);
    abandon();
    boolean once = wanted.checkpoints() && !retried;
    if (failed.mendable() && !(once && again)) {
      wanted
          .client()
          .tell(new ControlProtocol.RunRefused(wanted.run(), "node " + name + ": " + text));
      wanted = null;
    } else if (once) {
      retried = true;
      again = true;
      tell(
          "%s on %s (%s); once more"
              .formatted(failed.mendable() ? "failed" : "broke an invariant", name, text));
      start();
    } else {
      wanted.client().tell(new ControlProtocol.RunBroken(wanted.run(), text));
      wanted = null;
    }
  }

  private void announced(ControlProtocol.Announce node) {
    ControlProtocol.Announce known = nodes.put(node.name(), node);
    epoch = Math.max(epoch, node.epoch());
    if (known == null || !known.agent().equals(node.agent())) {
      LOG.info("{} is there, for {} CPUs", node.name(), node.capacity());
      nodesChanged = System.nanoTime();
      context.watch(node.agent());
    }
  }

  private void submitted(ControlProtocol.Submit submit) {
    if (wanted == null) {
      wanted = submit;
      again = submit.again();
      retried = false;
      wantedSince = System.nanoTime();
      saidAt = wantedSince;
      context.watch(submit.client());
      look();
    } else if (!wanted.run().equals(submit.run())) {
      submit
          .client()
          .tell(
              new ControlProtocol.RunLost(
                  submit.run(), "the cluster is busy with another run; try again when it is over"));
    }
  }

  /** Whether a run that waits can begin, or has waited too long. */
  private void look() {
    if (wanted == null || !chosen.isEmpty()) {
      return;
    }
    long now = System.nanoTime();
    boolean enough =
        wanted.nodes() > 0 && !again
            ? nodes.size() >= wanted.nodes()
            : !nodes.isEmpty() && now - nodesChanged > SETTLE_NANOS;
    if (enough) {
      start();
    } else if (now - wantedSince > wanted.waitMillis() * 1_000_000L) {
      wanted.client().tell(new ControlProtocol.RunLost(wanted.run(), "gave up: " + missing()));
      wanted = null;
    } else if (now - saidAt > SAY_AGAIN_NANOS) {
      saidAt = now;
      tell("waiting: " + missing());
    }
  }

  private String missing() {
    return "%d of %s nodes are there%s"
        .formatted(
            nodes.size(),
            wanted.nodes() == 0 ? "1 or more" : String.valueOf(wanted.nodes()),
            nodes.isEmpty() ? "" : ": " + String.join(", ", nodes.keySet()));
  }

  private void start() {
    int count = wanted.nodes() > 0 ? Math.min(wanted.nodes(), nodes.size()) : nodes.size();
    chosen = nodes.values().stream().limit(count).toList();
    int threads = Math.max(1, wanted.threads());
    List<ControlProtocol.Part> parts =
        chosen.stream()
            .map(node -> new ControlProtocol.Part(node.name(), node.capacity(), threads))
            .toList();
    epoch++;
    prepared = 0;
    fromCycles.clear();
    gateways = new ArrayList<>(Collections.nCopies(count, null));
    sockets = new ArrayList<>(Collections.nCopies(count, null));
    BatchSockets.Secret secret = new BatchSockets.Secret(random.nextLong(), random.nextLong());
    LOG.info("epoch {} of run {} on {}", epoch, wanted.run(), namesOf(chosen));
    wanted.client().tell(new ControlProtocol.Started(wanted.run(), epoch, parts));
    for (int node = 0; node < count; node++) {
      chosen
          .get(node)
          .agent()
          .tell(
              new ControlProtocol.Prepare(
                  epoch,
                  node,
                  0,
                  parts,
                  secret,
                  again,
                  spin(threads),
                  wanted.spec(),
                  context.getSelf()));
    }
  }

  /** Threads may spin only where each has a processor of its own. */
  private boolean spin(int threads) {
    var hosts =
        chosen.stream()
            .collect(
                Collectors.groupingBy(
                    node -> node.name().substring(0, node.name().lastIndexOf(':')),
                    Collectors.counting()));
    return threads > 1
        && chosen.stream()
            .allMatch(
                node ->
                    hosts.get(node.name().substring(0, node.name().lastIndexOf(':'))) * threads
                        <= node.processors());
  }

  private static String namesOf(List<ControlProtocol.Announce> some) {
    return some.stream().map(ControlProtocol.Announce::name).collect(Collectors.joining(", "));
  }

  private void abandon() {
    chosen.forEach(node -> node.agent().tell(new ControlProtocol.Abandon(epoch)));
    chosen = List.of();
  }

  private void ended(ActorRef<Void> gone) {
    if (wanted != null && wanted.client().equals(gone)) {
      LOG.info("whoever wanted run {} is gone", wanted.run());
      abandon();
      wanted = null;
      return;
    }
    nodes.values().stream()
        .filter(node -> node.agent().equals(gone))
        .min(Comparator.comparing(ControlProtocol.Announce::name))
        .ifPresent(this::lost);
  }

  /** The others go on: from the beginning, which is the last cut that all of them have. */
  private void lost(ControlProtocol.Announce node) {
    LOG.info("{} is gone", node.name());
    nodes.remove(node.name());
    nodesChanged = System.nanoTime();
    int place = chosen.stream().map(ControlProtocol.Announce::name).toList().indexOf(node.name());
    if (wanted == null || place < 0) {
      return;
    }
    LOG.warn("{} is lost, which carried a part of run {}", node.name(), wanted.run());
    abandon();
    if (nodes.isEmpty()) {
      wanted
          .client()
          .tell(
              new ControlProtocol.RunLost(
                  wanted.run(), node.name() + " is lost, and no other node is there"));
      wanted = null;
      return;
    }
    again = true;
    tell(
        "lost %s, which was node %d of the run; going on with %s"
            .formatted(node.name(), place, String.join(", ", nodes.keySet())));
    start();
  }

  private void tell(String text) {
    wanted.client().tell(new ControlProtocol.Progress(wanted.run(), text));
  }
}
