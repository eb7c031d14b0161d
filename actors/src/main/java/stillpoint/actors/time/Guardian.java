package stillpoint.actors.time;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.MailboxSelector;
import akka.actor.typed.Props;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.Behaviors;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import stillpoint.actors.snapshot.Checkpointing;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.CutJudge;
import stillpoint.machine.time.Model;
import stillpoint.machine.time.Placement;
import stillpoint.machine.time.RunOutcome;
import stillpoint.machine.time.Shard;

/**
 * Root of a run's actors: builds them, and hands the run's end, good or bad, to whoever waits for
 * it.
 */
public final class Guardian {
  private static final String PROCESS_MAILBOX = "stillpoint.process-mailbox";

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
          ActorRef<SupervisionProtocol.RunCommand> self = context.getSelf();
          var machine =
              context.spawn(
                  MachineSupervisor.create(model, placement, judge, checkpointing, self),
                  "machine");
          context.watch(machine);
          for (int number = 0; number < placement.shards(); number++) {
            int shard = number;
            Props props =
                MailboxSelector.fromConfig(PROCESS_MAILBOX)
                    .withDispatcherFromConfig(dispatchers.apply(shard));
            var behavior =
                ShardActor.create(
                    shard,
                    () -> shard(model, placement, shard, judge, checkpointing),
                    placement.shards(),
                    props,
                    machine,
                    self);
            context.watch(context.spawn(behavior, "shard" + shard, props));
          }
          return waiting(self, end);
        });
  }

  /** A shard as it is at the beginning, or where the run goes on. */
  private static Shard shard(
      Model model, Placement placement, int number, CutJudge judge, Checkpointing checkpointing) {
    Shard shard = new Shard(model, placement, number, judge, checkpointing.schedule());
    checkpointing
        .from()
        .ifPresent(
            point -> {
              for (int index = 0; index < shard.size(); index++) {
                int id = placement.idOf(number, index);
                shard.load(index, checkpointing.snapshots(), point.process(id));
              }
              shard.resume(point.at());
            });
    return shard;
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
