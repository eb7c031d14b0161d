package stillpoint.machine.l1;

/**
 * State of a line in an L1 data cache, or in its writeback buffer. Stable states have no
 * underscore, transient ones do: {@code A} waits for acknowledgements, {@code D} for data (Sorin,
 * Hill and Wood).
 */
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
  /** Was I, asked to write, waits for data and for InvAcks that the data will count. */
  IM_AD(false, false),
  /** Was I, asked to write, has the data, waits for InvAcks. */
  IM_A(false, false),
  /** Was S, asked to write, waits for the home's word; still readable until invalidated. */
  SM_AD(true, false),
  /** Was S, asked to write, is the next owner, waits for InvAcks; still readable. */
  SM_A(true, false),
  /** Was M, in the writeback buffer, waits for the home's acknowledgement. */
  MI_A(false, false),
  /** Was E, in the writeback buffer, waits for the home's acknowledgement. */
  EI_A(false, false),
  /** Was S or has become so since, in the writeback buffer, waits for the home's acknowledgement. */
  SI_A(false, false),
  /** Given up while in the writeback buffer, waits for the home's acknowledgement. */
  II_A(false, false);

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
