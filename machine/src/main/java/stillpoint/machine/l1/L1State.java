package stillpoint.machine.l1;

/** State of a line in an L1 data cache. Stable states have no underscore, transient ones do (Sorin, Hill and Wood). */
public enum L1State {
  /** Invalid. */
  I(false, false),
  /** Shared: readable, others may have it too. */
  S(true, false),
  /** Exclusive and clean: readable; the first store makes it M without a message. */
  E(true, true),
  /** Modified: the only copy, memory is stale. */
  M(true, true),
  /** Was I, asked to read, waits for data. */
  IS_D(false, false),
  /** Was I, asked to write, waits for data. */
  IM_D(false, false),
  /** Was S, asked to write; still readable until invalidated. */
  SM_D(true, false),
  /** Was M or E, written back, waits for the acknowledgement; not readable any more. */
  MI_A(false, false);

  private final boolean readable;
  private final boolean writable;

  L1State(boolean readable, boolean writable) {
    this.readable = readable;
    this.writable = writable;
  }

  public boolean readable() {
    return readable;
  }

  public boolean writable() {
    return writable;
  }
}
