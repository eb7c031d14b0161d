/** The arrays of the level-1 caches, with data. The protocol that fills them is {@code stillpoint.machine.coherence}. */
package stillpoint.machine.l1;
