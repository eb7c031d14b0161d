/**
 * Litmus tests in the format of the herdtools suite: read, run over many seeds on a bare
 * multiprocessor, counted. See docs/litmus.md.
 */
package stillpoint.machine.litmus;
