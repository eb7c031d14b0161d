package stillpoint.actors.cluster;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import stillpoint.actors.checkpoint.CheckpointError;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.Placement;

/** Asks the coordinator for a run, wherever it is, until there is an answer. */
final class RunClient {
  private static final Duration ASK_EVERY = Duration.ofMillis(500);

  /** From within this JVM. */
  sealed interface Local extends ControlProtocol.ClientCommand {}

  private enum Ask implements Local {
    INSTANCE
  }

  private record ResultArrived(int nodes, byte[] bytes) implements Local {}

  private RunClient() {}

  /**
   * @param run name of the run, of which there is no other
   * @param request what is wanted
   * @param watcher hears how it goes
   * @param end of the run: its result, or {@link LostRun}, or {@link BrokenInvariant}, or {@link
   *     CheckpointError}
   */
  static Behavior<ControlProtocol.ClientCommand> create(
      ActorRef<ControlProtocol.CoordinatorCommand> coordinator,
      String run,
      ClusterRuns.Request request,
      ClusterRuns.Watcher watcher,
      CompletableFuture<ClusterRuns.Result> end) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                (TimerScheduler<ControlProtocol.ClientCommand> timers) -> {
                  timers.startTimerWithFixedDelay(Ask.INSTANCE, ASK_EVERY);
                  context.getSelf().tell(Ask.INSTANCE);
                  var spec = context.spawn(BulkHolder.of(request.spec()), "spec");
                  var submit =
                      new ControlProtocol.Submit(
                          run,
                          request.nodes(),
                          request.threads(),
                          request.waitMillis(),
                          request.places(),
                          request.checkpoints(),
                          false,
                          spec,
                          context.getSelf());
                  return waiting(context, coordinator, submit, watcher, end);
                }));
  }

  private static Behavior<ControlProtocol.ClientCommand> waiting(
      ActorContext<ControlProtocol.ClientCommand> context,
      ActorRef<ControlProtocol.CoordinatorCommand> coordinator,
      ControlProtocol.Submit submit,
      ClusterRuns.Watcher watcher,
      CompletableFuture<ClusterRuns.Result> end) {
    return Behaviors.receiveMessage(
        command ->
            switch (command) {
              case Ask _ -> {
                coordinator.tell(submit);
                yield Behaviors.same();
              }
              case ControlProtocol.Progress(_, String text) -> {
                watcher.said(text);
                yield Behaviors.same();
              }
              case ControlProtocol.Started(_, _, var parts) -> {
                watcher.started(
                    parts.stream()
                        .map(
                            part ->
                                new ClusterRuns.Node(
                                    part.name(),
                                    new Placement.Node(part.capacity(), part.shards())))
                        .toList());
                // should the coordinator be lost, the next one must know
                var again =
                    new ControlProtocol.Submit(
                        submit.run(),
                        submit.nodes(),
                        submit.threads(),
                        submit.waitMillis(),
                        submit.places(),
                        submit.checkpoints(),
                        true,
                        submit.spec(),
                        submit.client());
                yield waiting(context, coordinator, again, watcher, end);
              }
              case ControlProtocol.RunDone(_, int nodes, var result) -> {
                var self = context.getSelf();
                context.spawnAnonymous(
                    BulkFetcher.create(
                        result, bytes -> self.tell(new ResultArrived(nodes, bytes))));
                yield Behaviors.same();
              }
              case ResultArrived(int nodes, byte[] bytes) -> {
                coordinator.tell(new ControlProtocol.Cancel(submit.run()));
                end.complete(new ClusterRuns.Result(nodes, bytes));
                yield Behaviors.stopped();
              }
              case ControlProtocol.RunLost(_, String text) -> {
                end.completeExceptionally(new LostRun(text));
                yield Behaviors.stopped();
              }
              case ControlProtocol.RunBroken(_, String text) -> {
                end.completeExceptionally(new BrokenInvariant(text));
                yield Behaviors.stopped();
              }
              case ControlProtocol.RunRefused(_, String text) -> {
                end.completeExceptionally(new CheckpointError(text));
                yield Behaviors.stopped();
              }
            });
  }
}
