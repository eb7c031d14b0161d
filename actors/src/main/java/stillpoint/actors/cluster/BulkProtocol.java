package stillpoint.actors.cluster;

import akka.actor.typed.ActorRef;

/** The talk with which one JVM gets many bytes from another, a piece at a time. */
interface BulkProtocol {
  /** Bytes of a piece at most: below Artery's frame limit. */
  int PIECE_BYTES = 128 * 1024;

  /** Who wants the bytes -> who has them. */
  record Fetch(int offset, ActorRef<FetchCommand> replyTo) implements ClusterMessage {}

  sealed interface FetchCommand extends ClusterMessage permits Piece, BulkFetcher.Retry {}

  /** The bytes from {@code offset} on, of {@code total} in all. */
  record Piece(int offset, int total, byte[] bytes) implements FetchCommand {}
}
