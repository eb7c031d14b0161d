package stillpoint.actors.time;

import akka.actor.typed.ActorRef;
import java.util.List;
import stillpoint.machine.time.WindowBatch;

/** The talk with a shard. */
interface ShardProtocol {
  /** Node clock, another shard of the node, or the shard's own processes -> shard. */
  sealed interface Command {}

  /** All shards of the node are there, by their number within it. */
  record Begin(List<ActorRef<Command>> shards) implements Command {}

  /** Another shard has ended a window. */
  record Received(WindowBatch batch) implements Command {}

  /** The last active process of the window has counted down. */
  enum WindowDone implements Command {
    INSTANCE
  }

  /** The edge at which the shard waits lies at {@code untilCycle} from now on. */
  record GoOn(long untilCycle) implements Command {}
}
