/** The guest kernel's own detectors of lockups, as state of each CPU that its ticks drive. */
package stillpoint.kernel.watch;
