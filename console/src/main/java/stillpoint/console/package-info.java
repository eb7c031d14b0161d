/** What a person meets: the command line, the reports, the demo. Decides nothing about the machine. */
package stillpoint.console;
