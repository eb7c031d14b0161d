/** Directory MESI: the talk between L1 data caches and home directories, and both sides as tables. */
package stillpoint.machine.coherence;
