package stillpoint.actors.time;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import stillpoint.machine.time.Promise;
import stillpoint.machine.time.Shard;
import stillpoint.machine.time.WindowRule;

/**
 * Carries one {@link Shard}: its processes are this actor's children, its peers are the node's other
 * shards. At the edge it lends its state to the node's clock until that tells it to go on.
 */
final class ShardActor extends Shell<ShardProtocol.Command> {
  /** So many windows may follow each other before other messages get their turn. */
  private static final int WINDOWS_A_MESSAGE = 64;

  private final ActorRef<ShardProtocol.Command> self;
  private final ActorRef<NodeProtocol.Command> clock;
  private final Shard shard;
  private final int numberInNode;
  private final int firstShard;
  private final List<ActorRef<ProcessProtocol.Command>> processes;
  private final WindowCount count;
  private List<ActorRef<ShardProtocol.Command>> peers = List.of();
  private boolean waitingForPeers;

  private ShardActor(
      ActorContext<ShardProtocol.Command> context,
      Shard shard,
      int numberInNode,
      Props processProps,
      ActorRef<NodeProtocol.Command> clock,
      ActorRef<SupervisionProtocol.RunCommand> guardian) {
    super(guardian);
    this.self = context.getSelf();
    this.clock = clock;
    this.shard = shard;
    this.numberInNode = numberInNode;
    this.firstShard = shard.number() - numberInNode;
    this.count = new WindowCount(self);
    this.processes = new ArrayList<>(shard.size());
    for (int index = 0; index < shard.size(); index++) {
      var behavior = ProcessActor.create(shard, index, count, guardian);
      processes.add(context.spawn(behavior, "p" + shard.runner(index).id(), processProps));
    }
  }

  /**
   * {@code shard} is called in the actor's own thread: all shards build their processes at the same
   * time.
   */
  static Behavior<ShardProtocol.Command> create(
      int numberInNode,
      Supplier<Shard> shard,
      Props processProps,
      ActorRef<NodeProtocol.Command> clock,
      ActorRef<SupervisionProtocol.RunCommand> guardian) {
    return Behaviors.setup(
        context -> {
          try {
            ShardActor actor =
                new ShardActor(context, shard.get(), numberInNode, processProps, clock, guardian);
            clock.tell(
                new NodeProtocol.ShardReady(
                    numberInNode, actor.shard, context.getSelf(), List.copyOf(actor.processes)));
            return actor;
          } catch (Throwable failure) {
            Shell.report(guardian, "shard " + numberInNode + " cannot be built", failure);
            return Behaviors.stopped();
          }
        });
  }

  @Override
  void on(ShardProtocol.Command command) {
    switch (command) {
      case ShardProtocol.Begin(var shards) -> {
        peers = shards;
        closeWindow();
      }
      case ShardProtocol.WindowDone _ -> closeWindow();
      case ShardProtocol.Received(var batch) -> {
        shard.receive(batch);
        if (waitingForPeers && decide()) {
          closeWindow();
        }
      }
      case ShardProtocol.GoOn(long untilCycle) -> {
        shard.rule().extend(untilCycle);
        closeWindow();
      }
    }
  }

  private void closeWindow() {
    int windows = 0;
    do {
      if (windows++ == WINDOWS_A_MESSAGE) {
        self.tell(ShardProtocol.WindowDone.INSTANCE);
        return;
      }
      shard.close();
    } while (goOn());
  }

  /** Does the next step; true if it was a window that is over already. */
  private boolean goOn() {
    WindowRule.Open own = shard.further();
    if (own != null) {
      return runThrough(own);
    }
    shard.promise();
    for (int peer = 0; peer < peers.size(); peer++) {
      if (peer != numberInNode) {
        peers.get(peer).tell(new ShardProtocol.Received(shard.batchFor(firstShard + peer)));
      }
    }
    return decide();
  }

  /** The same, once all peers have sent their batches. */
  private boolean decide() {
    waitingForPeers = !shard.rule().complete();
    if (waitingForPeers) {
      return false;
    }
    return switch (shard.rule().next()) {
      case WindowRule.Open window -> runThrough(window);
      case WindowRule.AtEdge(Promise node) -> {
        clock.tell(new NodeProtocol.ShardAtEdge(numberInNode, node));
        yield false;
      }
    };
  }

  private boolean runThrough(WindowRule.Open window) {
    int active = shard.open(window);
    count.open(active);
    for (int i = 0; i < active; i++) {
      int index = shard.active(i);
      processes
          .get(index)
          .tell(new ProcessProtocol.Advance(window.untilCycle(), shard.takeInbox(index)));
    }
    return count.allTold();
  }

  @Override
  String name() {
    return "shard " + shard.number() + " in window " + shard.rule().window();
  }
}
