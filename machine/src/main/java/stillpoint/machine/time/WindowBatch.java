package stillpoint.machine.time;

/**
 * What one shard sends another of its node after each window, also when there is nothing to send.
 *
 * @param window number of the window that it ends, from 1; 0 is the exchange before the first
 *     window
 * @param from shard that sends it
 * @param to shard that gets it
 * @param events chain of events for processes of {@code to}, which owns it from now on; null if
 *     there is none
 * @param promise of {@code from}
 */
public record WindowBatch(long window, int from, int to, Event events, Promise promise) {}
