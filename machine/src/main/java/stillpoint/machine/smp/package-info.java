/**
 * A bare-metal multiprocessor: cores with coherent caches, home slices, and devices behind uncached
 * accesses, without a modelled kernel. A {@link stillpoint.machine.time.Model} like any other.
 */
package stillpoint.machine.smp;
