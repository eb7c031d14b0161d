/** stop_machine: bringing every CPU to a still point, with irqs off, while one of them does something. */
package stillpoint.kernel.stop;
