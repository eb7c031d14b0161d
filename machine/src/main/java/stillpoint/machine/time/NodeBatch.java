package stillpoint.machine.time;

/**
 * What one node sends another after each round, also when there is nothing to send.
 *
 * @param round number of the round that it ends, from 1; 0 is the exchange before the first round
 * @param from node that sends it
 * @param to node that gets it
 * @param events chain of events for processes of {@code to}, which owns it from now on; null if
 *     there is none
 * @param promise of {@code from}
 */
public record NodeBatch(long round, int from, int to, Event events, Promise promise) {}
