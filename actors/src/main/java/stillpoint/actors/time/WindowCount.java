package stillpoint.actors.time;

import akka.actor.typed.ActorRef;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts down the active processes of a shard's window; who is last, if a process, tells the shard.
 */
final class WindowCount {
  private final ActorRef<ShardProtocol.Command> shard;
  private final AtomicInteger left = new AtomicInteger();

  WindowCount(ActorRef<ShardProtocol.Command> shard) {
    this.shard = shard;
  }

  /**
   * Opens the count for so many processes, and for the shard itself, which must not be overtaken
   * while it tells them.
   */
  void open(int processes) {
    left.set(processes + 1);
  }

  void processDone() {
    if (left.decrementAndGet() == 0) {
      shard.tell(ShardProtocol.WindowDone.INSTANCE);
    }
  }

  /**
   * The shard has told everybody; true if all of them are done already, and nobody will tell the
   * shard.
   */
  boolean allTold() {
    return left.decrementAndGet() == 0;
  }
}
