package stillpoint.kernel.locking;

/**
 * A spin lock of the guest's kernel.
 *
 * @param name as reports call it, for instance {@code stopper.lock of CPU 3}
 * @param address of its word: 0 free, else the owner's CPU plus 1
 */
public record KernelLock(String name, long address) {}
