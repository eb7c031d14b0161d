/** Interrupt controllers: how an inter-processor interrupt gets from one CPU to another. */
package stillpoint.machine.interrupt;
