package stillpoint.actors.time;

import akka.actor.typed.ActorRef;
import stillpoint.machine.time.Event;
import stillpoint.machine.time.Snapshots;

/** The talk with a logical process. */
interface ProcessProtocol {
  /** Shard, or group supervisor -> process. */
  sealed interface Command {}

  /**
   * Take in the chain {@code inbox} and do all that lies before {@code untilCycle}; then count
   * down.
   */
  record Advance(long untilCycle, Event inbox) implements Command {}

  /** Say how you are; {@code member} comes back with the answer. Only at a cut. */
  record Inspect(long cycle, int member, ActorRef<SupervisionProtocol.GroupCommand> replyTo)
      implements Command {}

  /** Give a snapshot of yourself; {@code member} comes back with it. Only at a cut. */
  record Save(
      long cutCycle,
      Snapshots snapshots,
      int member,
      ActorRef<SupervisionProtocol.GroupCommand> replyTo)
      implements Command {}

  /** The run is over: give your hashes. */
  record Conclude(int member, ActorRef<SupervisionProtocol.GroupCommand> replyTo)
      implements Command {}
}
