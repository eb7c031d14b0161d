package stillpoint.actors.time;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import stillpoint.machine.time.ProcessRunner;
import stillpoint.machine.time.Shard;
import stillpoint.machine.time.Snapshots;

/**
 * Carries one logical process in the actor system; {@link ProcessRunner} does all there is to do.
 * What it sends and when it wants to go on is left in its slot of the shard, which looks there once
 * all have counted down.
 */
final class ProcessActor extends Shell<ProcessProtocol.Command> {
  private final Shard shard;
  private final int index;
  private final ProcessRunner runner;
  private final WindowCount count;

  private ProcessActor(
      Shard shard,
      int index,
      WindowCount count,
      ActorRef<SupervisionProtocol.RunCommand> guardian) {
    super(guardian);
    this.shard = shard;
    this.index = index;
    this.runner = shard.runner(index);
    this.count = count;
  }

  static Behavior<ProcessProtocol.Command> create(
      Shard shard,
      int index,
      WindowCount count,
      ActorRef<SupervisionProtocol.RunCommand> guardian) {
    return new ProcessActor(shard, index, count, guardian);
  }

  @Override
  void on(ProcessProtocol.Command command) {
    switch (command) {
      case ProcessProtocol.Advance advance -> {
        shard.advance(index, advance.untilCycle(), advance.inbox());
        count.processDone();
      }
      case ProcessProtocol.Inspect(long cycle, int member, var replyTo) ->
          replyTo.tell(new SupervisionProtocol.Reported(member, runner.inspect(cycle)));
      case ProcessProtocol.Save(long cutCycle, Snapshots snapshots, int member, var replyTo) ->
          replyTo.tell(
              new SupervisionProtocol.Saved(member, shard.save(index, snapshots, cutCycle)));
      case ProcessProtocol.Conclude(int member, var replyTo) ->
          replyTo.tell(
              new SupervisionProtocol.Concluded(member, runner.eventHash(), runner.stateHash()));
    }
  }

  @Override
  String name() {
    return runner.name();
  }
}
