/**
 * A bare machine: a core with its caches, sparse memory and a few devices, without a modelled
 * kernel. It runs any program that its memory holds, as hardware would.
 */
package stillpoint.machine.bare;
