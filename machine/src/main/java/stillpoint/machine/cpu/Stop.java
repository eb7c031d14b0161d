package stillpoint.machine.cpu;

/** Why a core stopped executing. */
public enum Stop {
  /** The cycle it was to run to. */
  REACHED,
  /** An access that its caches cannot serve; to be executed again when they can. */
  MISS,
  /**
   * An access that goes past the caches; to be executed again with its answer. Only a core with
   * uncached segments.
   */
  UNCACHED,
  /** An exception; the instruction has done nothing else. */
  TRAPPED,
  /**
   * An instruction that may have opened, closed or raised interrupts, or moved the timer, has
   * retired.
   */
  CHECK_INTERRUPTS,
  /** A wait has retired: nothing to do until an interrupt. */
  WAITING,
  /** Somebody has asked for it; only {@link BareCore} stops so. */
  STOPPED
}
