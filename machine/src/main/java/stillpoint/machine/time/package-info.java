/**
 * Virtual time: logical processes, the total order of events, windows, randomness and the digest. Pure: no threads, no
 * actors, no wall clock. The shells that carry it are in {@code stillpoint.actors}.
 */
package stillpoint.machine.time;
