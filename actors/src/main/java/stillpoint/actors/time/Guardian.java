package stillpoint.actors.time;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.Behaviors;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import stillpoint.actors.snapshot.Checkpointing;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.CutJudge;
import stillpoint.machine.time.Model;
import stillpoint.machine.time.NodeRule;
import stillpoint.machine.time.Placement;
import stillpoint.machine.time.RunOutcome;

/**
 * Root of a run's actors: builds them, and hands the run's end, good or bad, to whoever waits for
 * it.
 */
public final class Guardian {
  private Guardian() {}

  /**
   * {@code dispatchers}: configuration path of the dispatcher for a shard and its processes, by
   * shard.
   */
  public static Behavior<SupervisionProtocol.RunCommand> create(
      Model model,
      CutJudge judge,
      Placement placement,
      IntFunction<String> dispatchers,
      Checkpointing checkpointing,
      CompletableFuture<RunOutcome> end) {
    return Behaviors.setup(
        context -> {
          NodeActors actors =
              new NodeActors(model, placement, 0, judge, _ -> true, checkpointing, dispatchers);
          LocalGateway gateway = new LocalGateway();
          actors.spawnMachine(context, gateway);
          actors.spawnNode(context, NodeRule.alone(judge, checkpointing.schedule()), gateway);
          return waiting(context.getSelf(), end);
        });
  }

  private static Behavior<SupervisionProtocol.RunCommand> waiting(
      ActorRef<SupervisionProtocol.RunCommand> self, CompletableFuture<RunOutcome> end) {
    return Behaviors.receive(SupervisionProtocol.RunCommand.class)
        .onMessage(
            SupervisionProtocol.Completed.class,
            completed -> {
              end.complete(completed.outcome());
              return Behaviors.same();
            })
        .onMessage(
            SupervisionProtocol.Failed.class,
            failed -> {
              end.completeExceptionally(failed.failure());
              return Behaviors.same();
            })
        .onSignal(
            Terminated.class,
            stopped -> {
              // signals overtake messages: what the actor said of its own failure must be heard
              // first
              self.tell(
                  new SupervisionProtocol.Failed(
                      new BrokenInvariant(
                          "actor "
                              + stopped.getRef().path().name()
                              + " stopped before the run's end")));
              return Behaviors.same();
            })
        .build();
  }
}
