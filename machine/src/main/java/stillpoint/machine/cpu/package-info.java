/**
 * One MIPS64 processor core: registers, CP0, and the loop that executes instructions through its
 * two caches.
 */
package stillpoint.machine.cpu;
