/** smp_call_function: running a function on other CPUs. */
package stillpoint.kernel.smp;
