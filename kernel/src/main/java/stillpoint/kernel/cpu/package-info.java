/**
 * One CPU of the guest: the core with its caches, the kernel's state on it, and the loop that runs both. Kernel functions
 * are {@link stillpoint.kernel.cpu.Frame}s; {@link stillpoint.kernel.cpu.CpuProcess} is the logical process.
 */
package stillpoint.kernel.cpu;
