/** What goes wrong in a run because the scenario wants it to: faults, when they strike, and what they did. */
package stillpoint.kernel.fault;
