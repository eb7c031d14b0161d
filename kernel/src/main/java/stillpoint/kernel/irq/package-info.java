/** Interrupts as the guest's kernel takes them. */
package stillpoint.kernel.irq;
