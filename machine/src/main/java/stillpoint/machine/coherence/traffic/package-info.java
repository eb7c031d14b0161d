/**
 * Synthetic traffic for the coherence fabric: CPUs that do nothing but load and store, for
 * measurements and for whoever needs a busy fabric without a kernel.
 */
package stillpoint.machine.coherence.traffic;
