/**
 * PHOLD (Fujimoto, 1990), the field's synthetic load: what an engine costs when the processes do
 * nothing.
 */
package stillpoint.machine.time.phold;
