/** Tasks of a CPU. */
package stillpoint.kernel.sched;
