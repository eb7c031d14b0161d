package stillpoint.actors.cluster;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Comparator;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import stillpoint.machine.time.Placement;

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

  /** Beyond so many it is no matter of time: they do not see one folder. */
  private static final int MOST_DISAGREEMENTS = 20;

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

  /** There is one run or one exploration at a time. */
  private final CrewKeeper crew = new CrewKeeper(nodes);

  private ControlProtocol.Submit wanted;
  private long wantedSince;
  private long nodesChanged;
  private long saidAt;

  /** The highest epoch that any node knows, as far as is known here. */
  private long highest;

  /** The attempt that is under way, or null. */
  private Attempt attempt;

  /** Whether the run was begun before, by this coordinator or by one that is lost. */
  private boolean again;

  /** Whether the run was begun anew because the simulator broke one of its rules. */
  private boolean retried;

  /** How often in a row nodes have found different snapshots. */
  private int disagreements;

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
      case ExploreProtocol.Explore explore -> explored(explore);
      case ControlProtocol.Cancel(String run) -> {
        if (crew.isFor(run)) {
          crew.free();
        }
        if (wanted != null && wanted.run().equals(run)) {
          abandon();
          wanted = null;
        }
      }
      case ControlProtocol.Prepared one -> {
        if (isOfNow(one.epoch()) && attempt.prepared(one)) {
          connect();
        }
      }
      case ControlProtocol.Finished(long forEpoch, var result) -> {
        if (isOfNow(forEpoch)) {
          wanted.client().tell(new ControlProtocol.RunDone(wanted.run(), attempt.size(), result));
        }
      }
      case ControlProtocol.NodeFailed failed -> {
        if (isOfNow(failed.epoch())) {
          failed(failed);
        }
      }
      case Look _ -> look();
    }
  }

  private boolean isOfNow(long epoch) {
    return attempt != null && attempt.epoch() == epoch;
  }

  private void announced(ControlProtocol.Announce node) {
    ControlProtocol.Announce known = nodes.get(node.name());
    if (known != null && !known.agent().equals(node.agent())) {
      // its process has ended and is another one now, and nobody had noticed yet
      lost(known);
    }
    highest = Math.max(highest, node.epoch());
    if (nodes.put(node.name(), node) == null) {
      LOG.info("{} is there, for {} CPUs", node.name(), node.capacity());
      nodesChanged = System.nanoTime();
      context.watch(node.agent());
    }
    if (attempt == null || attempt.placeOf(node.agent()) < 0) {
      if (node.stage() != ControlProtocol.Stage.IDLE) {
        node.agent().tell(new ControlProtocol.Abandon(node.epoch()));
      }
    } else if (attempt.overtaken(node)) {
      LOG.warn("{} knows epoch {}: once more above it", node.name(), node.epoch());
      abandon();
      start();
    } else {
      attempt.remind(node);
    }
  }

  private void explored(ExploreProtocol.Explore explore) {
    if (wanted != null) {
      String busy = CrewKeeper.busy("a run");
      explore.client().tell(new ExploreProtocol.Lost(explore.run(), busy));
    } else if (crew.wants(explore, isSettled())) {
      context.watch(explore.client());
    }
  }

  /** Whether all nodes that are there have probably been heard of. */
  private boolean isSettled() {
    return System.nanoTime() - nodesChanged > SETTLE_NANOS;
  }

  private void submitted(ControlProtocol.Submit submit) {
    if (crew.isBusy()) {
      String busy = CrewKeeper.busy("an exploration");
      submit.client().tell(new ControlProtocol.RunLost(submit.run(), busy));
    } else if (wanted == null) {
      wanted = submit;
      again = submit.again();
      retried = false;
      disagreements = 0;
      wantedSince = System.nanoTime();
      saidAt = wantedSince;
      context.watch(submit.client());
      look();
    } else if (!wanted.run().equals(submit.run())) {
      submit
          .client()
          .tell(new ControlProtocol.RunLost(submit.run(), CrewKeeper.busy("another run")));
    }
  }

  /** Whether a run that waits can begin, or has waited too long. */
  private void look() {
    crew.look(isSettled());
    if (wanted == null || attempt != null) {
      return;
    }
    long now = System.nanoTime();
    boolean enough =
        wanted.nodes() > 0 && !again
            ? nodes.size() >= wanted.nodes()
            : !nodes.isEmpty() && isSettled();
    if (enough) {
      start();
    } else if (now - wantedSince > wanted.waitMillis() * 1_000_000L) {
      end(new ControlProtocol.RunLost(wanted.run(), "gave up: " + missing()));
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
    int most = wanted.nodes() > 0 ? wanted.nodes() : Placement.MOST_SHARDS;
    var chosen = nodes.values().stream().limit(most).toList();
    long room = chosen.stream().mapToLong(ControlProtocol.Announce::capacity).sum();
    if (room < wanted.places()) {
      end(
          new ControlProtocol.RunLost(
              wanted.run(),
              "%d nodes carry %d CPUs at most, and the machine has %d; start more nodes, or some with a larger --capacity"
                  .formatted(chosen.size(), room, wanted.places())));
      return;
    }
    int threads = Attempt.threads(wanted.threads(), chosen.size());
    if (threads < wanted.threads()) {
      tell(
          "%d threads on each of %d nodes instead of %d: more cannot be"
              .formatted(threads, chosen.size(), wanted.threads()));
    }
    attempt = new Attempt(++highest, chosen, wanted, again, random, context.getSelf());
    LOG.info("epoch {} of run {} on {}", highest, wanted.run(), attempt.names());
    wanted.client().tell(new ControlProtocol.Started(wanted.run(), highest, attempt.parts()));
    attempt.prepare();
  }

  /** All nodes have built their parts. */
  private void connect() {
    if (attempt.fromCycles().size() == 1) {
      disagreements = 0;
      if (again) {
        long from = attempt.fromCycles().first();
        tell(
            from < 0
                ? "going on from the beginning"
                : "going on from the snapshot at cycle " + from);
      }
      attempt.connect();
      return;
    }
    LOG.warn(
        "epoch {}: nodes found different snapshots: {}", attempt.epoch(), attempt.fromCycles());
    abandon();
    if (++disagreements < MOST_DISAGREEMENTS) {
      // one was completed while they looked: now all of them see it
      start();
    } else {
      end(
          new ControlProtocol.RunRefused(
              wanted.run(),
              "nodes find different checkpoints at the same path; it must be one folder for all"
                  + " nodes, as on NFS or another shared volume"));
    }
  }

  private void failed(ControlProtocol.NodeFailed failed) {
    String name = attempt.nameOf(failed.node());
    String text = failed.text();
    LOG.error("epoch {} failed on {}: {}", attempt.epoch(), name, text);
    abandon();
    boolean once = wanted.checkpoints() && !retried;
    if (failed.mendable() && !(once && again)) {
      end(new ControlProtocol.RunRefused(wanted.run(), "node " + name + ": " + text));
    } else if (once) {
      retried = true;
      again = true;
      tell(
          "%s on %s (%s); once more"
              .formatted(failed.mendable() ? "failed" : "broke an invariant", name, text));
      start();
    } else {
      end(new ControlProtocol.RunBroken(wanted.run(), text));
    }
  }

  private void abandon() {
    if (attempt != null) {
      attempt.abandon();
      attempt = null;
    }
  }

  private void ended(ActorRef<Void> gone) {
    if (crew.isClient(gone)) {
      LOG.info("whoever explored is gone");
      crew.free();
      return;
    }
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

  /** The others go on: from the newest snapshot, or from the beginning. */
  private void lost(ControlProtocol.Announce node) {
    LOG.info("{} is gone", node.name());
    nodes.remove(node.name());
    nodesChanged = System.nanoTime();
    int place = attempt == null ? -1 : attempt.placeOf(node.agent());
    if (place < 0) {
      return;
    }
    LOG.warn("{} is lost, which carried a part of run {}", node.name(), wanted.run());
    abandon();
    if (nodes.isEmpty()) {
      end(
          new ControlProtocol.RunLost(
              wanted.run(), node.name() + " is lost, and no other node is there"));
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

  /** The run is over, with this. */
  private void end(ControlProtocol.ClientCommand word) {
    wanted.client().tell(word);
    wanted = null;
  }
}
