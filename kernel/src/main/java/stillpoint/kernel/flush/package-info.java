/** Instruction cache flushes: what {@code flush_icache_range} does on each kind of machine. */
package stillpoint.kernel.flush;
