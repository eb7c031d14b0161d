package stillpoint.machine.coherence;

/** What a CPU wants of the fabric when its caches cannot serve it. */
public enum AccessKind {
  /** The line in the instruction cache. */
  FETCH,
  /** The line readable in the data cache. */
  LOAD,
  /** The line writable in the data cache. */
  STORE,
  /** The line gone from every instruction cache of the machine. */
  GLOBAL_INVALIDATE_I,
  /** Bytes of memory read or written past the caches. */
  UNCACHED,
  /** A line gone from the data cache, or written back. */
  CACHE_OPERATION
}
