package stillpoint.actors.time;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import stillpoint.machine.time.ProcessRunner;

/**
 * Carries one logical process in the actor system; {@link ProcessRunner} does all there is to do. What it sends and when
 * it wants to go on stays in the runner, where the shard finds it once all have counted down: between two windows the
 * runner is the shard's.
 */
final class ProcessActor extends Shell<ProcessProtocol.Command> {
  private final ProcessRunner runner;
  private final WindowCount count;

  private ProcessActor(
      ProcessRunner runner, WindowCount count, ActorRef<SupervisionProtocol.RunCommand> guardian) {
    super(guardian);
    this.runner = runner;
    this.count = count;
  }

  static Behavior<ProcessProtocol.Command> create(
      ProcessRunner runner, WindowCount count, ActorRef<SupervisionProtocol.RunCommand> guardian) {
    return new ProcessActor(runner, count, guardian);
  }

  @Override
  void on(ProcessProtocol.Command command) {
    switch (command) {
      case ProcessProtocol.Advance advance -> {
        runner.advance(advance.untilCycle(), advance.inbox());
        count.processDone();
      }
      case ProcessProtocol.Inspect(long cycle, int member, var replyTo) ->
          replyTo.tell(new SupervisionProtocol.Reported(member, runner.inspect(cycle)));
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
