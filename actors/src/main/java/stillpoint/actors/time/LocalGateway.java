package stillpoint.actors.time;

import akka.actor.typed.ActorRef;
import java.util.List;
import stillpoint.machine.time.WindowBatch;

/** All shards are in this JVM. */
final class LocalGateway implements NodeGateway {
  private final List<ActorRef<ShardProtocol.Command>> shards;

  LocalGateway(List<ActorRef<ShardProtocol.Command>> shards) {
    this.shards = List.copyOf(shards);
  }

  @Override
  public void send(WindowBatch batch) {
    shards.get(batch.to()).tell(new ShardProtocol.Received(batch));
  }

  @Override
  public long remoteBatchCount() {
    return 0;
  }
}
