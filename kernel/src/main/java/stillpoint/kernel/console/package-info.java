/** The machine's serial console, and the person in front of it who types the scenario's script. */
package stillpoint.kernel.console;
