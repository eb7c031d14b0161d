package stillpoint.actors.time;

import stillpoint.machine.time.CutJudge;
import stillpoint.machine.time.WindowBatch;

/** The talk with a shard. */
interface ShardProtocol {
  /** Machine supervisor, gateway, or the shard's own processes -> shard. */
  sealed interface Command {}

  /** All shards are there; batches for them go to {@code gateway}. */
  record Begin(NodeGateway gateway) implements Command {}

  /** Another shard has ended a window. */
  record Received(WindowBatch batch) implements Command {}

  /** The last active process of the window has counted down. */
  enum WindowDone implements Command {
    INSTANCE
  }

  /** What the judge said of the cut at which the shard waits. */
  record Decided(CutJudge.Decision decision) implements Command {}
}
