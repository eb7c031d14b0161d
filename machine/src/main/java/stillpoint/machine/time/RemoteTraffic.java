package stillpoint.machine.time;

/**
 * What went from node to node in a run.
 *
 * @param batches one a node pair a round, empty ones too
 * @param events in them
 * @param bytes of them, as they are packed
 */
public record RemoteTraffic(long batches, long events, long bytes) {
  public static final RemoteTraffic NONE = new RemoteTraffic(0, 0, 0);

  public RemoteTraffic and(RemoteTraffic other) {
    return new RemoteTraffic(batches + other.batches, events + other.events, bytes + other.bytes);
  }
}
