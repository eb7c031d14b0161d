package stillpoint.actors.time;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import stillpoint.machine.time.CutJudge;
import stillpoint.machine.time.Shard;
import stillpoint.machine.time.WindowRule;

/**
 * Carries one {@link Shard}: its processes are this actor's children, its peers are behind the
 * gateway.
 */
final class ShardActor extends Shell<ShardProtocol.Command> {
  /** So many windows may follow each other before other messages get their turn. */
  private static final int WINDOWS_A_MESSAGE = 64;

  private static final int[] NOBODY = {};

  private final ActorRef<ShardProtocol.Command> self;
  private final ActorRef<SupervisionProtocol.MachineCommand> machine;
  private final Shard shard;
  private final int shards;
  private final List<ActorRef<ProcessProtocol.Command>> processes;
  private final WindowCount count;
  private NodeGateway gateway;
  private boolean waitingForPeers;

  private ShardActor(
      ActorContext<ShardProtocol.Command> context,
      Shard shard,
      int shards,
      Props processProps,
      ActorRef<SupervisionProtocol.MachineCommand> machine,
      ActorRef<SupervisionProtocol.RunCommand> guardian) {
    super(guardian);
    this.self = context.getSelf();
    this.machine = machine;
    this.shard = shard;
    this.shards = shards;
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
      int number,
      Supplier<Shard> shard,
      int shards,
      Props processProps,
      ActorRef<SupervisionProtocol.MachineCommand> machine,
      ActorRef<SupervisionProtocol.RunCommand> guardian) {
    return Behaviors.setup(
        context -> {
          try {
            ShardActor actor =
                new ShardActor(context, shard.get(), shards, processProps, machine, guardian);
            machine.tell(
                new SupervisionProtocol.ShardReady(
                    number, context.getSelf(), List.copyOf(actor.processes)));
            return actor;
          } catch (Throwable failure) {
            Shell.report(guardian, "shard " + number + " cannot be built", failure);
            return Behaviors.stopped();
          }
        });
  }

  @Override
  void on(ShardProtocol.Command command) {
    switch (command) {
      case ShardProtocol.Begin(NodeGateway others) -> {
        gateway = others;
        closeWindow();
      }
      case ShardProtocol.WindowDone _ -> closeWindow();
      case ShardProtocol.Received(var batch) -> {
        shard.receive(batch);
        if (waitingForPeers && goOn()) {
          closeWindow();
        }
      }
      case ShardProtocol.Decided(CutJudge.Decision decision) -> {
        if (decision == CutJudge.Decision.GO_ON && runThrough(shard.rule().open())) {
          closeWindow();
        }
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
      for (int peer = 0; peer < shards; peer++) {
        if (peer != shard.number()) {
          gateway.send(shard.batchFor(peer));
        }
      }
    } while (goOn());
  }

  /**
   * Does the next step, once all peers have sent their batches; true if it was a window that is
   * over already.
   */
  private boolean goOn() {
    waitingForPeers = !shard.rule().complete();
    if (waitingForPeers) {
      return false;
    }
    return switch (shard.rule().next()) {
      case WindowRule.Open window -> runThrough(window);
      case WindowRule.AtCut cut -> {
        machine.tell(
            new SupervisionProtocol.ShardAtCut(
                shard.number(),
                cut,
                shard.handledCount(),
                shard.rule().window(),
                cut.snapshot() ? shard.rule().cutProgress() : null,
                cut.judged() ? shard.takeChanged() : NOBODY));
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
