package stillpoint.actors.cluster;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.function.Consumer;

/** Gets the bytes that a {@link BulkHolder} has, asking again when an answer is lost; then ends. */
final class BulkFetcher {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** The answer has not come. */
  enum Retry implements BulkProtocol.FetchCommand {
    INSTANCE
  }

  private BulkFetcher() {}

  /** {@code whole} is called in the fetcher's thread. */
  static Behavior<BulkProtocol.FetchCommand> create(
      ActorRef<BulkProtocol.Fetch> holder, Consumer<byte[]> whole) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> {
                  timers.startTimerWithFixedDelay(Retry.INSTANCE, PATIENCE);
                  holder.tell(new BulkProtocol.Fetch(0, context.getSelf()));
                  return fetching(context, holder, new ByteArrayOutputStream(), whole);
                }));
  }

  private static Behavior<BulkProtocol.FetchCommand> fetching(
      ActorContext<BulkProtocol.FetchCommand> context,
      ActorRef<BulkProtocol.Fetch> holder,
      ByteArrayOutputStream bytes,
      Consumer<byte[]> whole) {
    return Behaviors.receiveMessage(
        command -> {
          if (command instanceof BulkProtocol.Piece(int offset, int total, byte[] piece)) {
            if (offset != bytes.size()) {
              return Behaviors.same();
            }
            bytes.writeBytes(piece);
            if (bytes.size() == total) {
              whole.accept(bytes.toByteArray());
              return Behaviors.stopped();
            }
          }
          holder.tell(new BulkProtocol.Fetch(bytes.size(), context.getSelf()));
          return Behaviors.same();
        });
  }
}
