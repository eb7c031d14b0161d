package stillpoint.kernel.cpu;

/**
 * What a store of the kernel is in Linux's C, which says what the machine may do with it where stores wait in a buffer.
 * Under sequential consistency all four are the same.
 */
public enum StoreKind {
  /** An assignment, WRITE_ONCE, atomic_set: goes into the buffer, with nothing before it. */
  PLAIN,
  /** smp_store_release, or WRITE_ONCE after smp_wmb: goes into the buffer when that is empty. */
  RELEASE,
  /** An atomic operation that orders nothing: is done in the cache, while earlier stores to other words may still wait. */
  RELAXED,
  /** An atomic operation that returns a value, a lock taken: is done in the cache when the buffer is empty. */
  ORDERED;

  /** Whether it goes into the buffer. */
  boolean buffered() {
    return this == PLAIN || this == RELEASE;
  }
}
