package stillpoint.actors.cluster;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import java.util.Arrays;

/** Has bytes for whoever asks. */
final class BulkHolder {
  private BulkHolder() {}

  static Behavior<BulkProtocol.Fetch> of(byte[] bytes) {
    return Behaviors.receiveMessage(
        fetch -> {
          int from = Math.clamp(fetch.offset(), 0, bytes.length);
          int until = Math.min(bytes.length, from + BulkProtocol.PIECE_BYTES);
          byte[] piece = Arrays.copyOfRange(bytes, from, until);
          fetch.replyTo().tell(new BulkProtocol.Piece(from, bytes.length, piece));
          return Behaviors.same();
        });
  }
}
