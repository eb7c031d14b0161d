package stillpoint.machine.time;

/**
 * What one shard sends another of its node at each exchange, also when there is nothing to send.
 *
 * @param window number of the exchange, as {@link WindowRule#window} counts; 0 is the one before the
 *     first window
 * @param from shard that sends it
 * @param to shard that gets it
 * @param events chain of events for processes of {@code to}, which owns it from now on; null if
 *     there is none
 * @param promise of {@code from}
 */
public record WindowBatch(long window, int from, int to, Event events, Promise promise) {}
