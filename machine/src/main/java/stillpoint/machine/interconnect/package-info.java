/** Which process sits where, and how long a message between two of them takes. */
package stillpoint.machine.interconnect;
