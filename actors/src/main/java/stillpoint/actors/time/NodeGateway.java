package stillpoint.actors.time;

import stillpoint.machine.time.WindowBatch;

/**
 * The way from a shard to the others, wherever they are. Called by any shard's thread. Every batch
 * arrives, once; the batches of one shard for another arrive in order.
 */
interface NodeGateway {
  void send(WindowBatch batch);

  /** Number of batches sent to shards on other nodes so far. */
  long remoteBatchCount();
}
