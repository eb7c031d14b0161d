package stillpoint.machine.coherence;

/**
 * State of a line at its home. Stable states have no underscore. A line in a transient state is
 * busy: requests wait in its queue. EM is never busy, however long its owner still waits for data:
 * whatever is forwarded to the owner waits there.
 */
public enum HomeState {
  /** No data cache has it; memory is good. */
  I,
  /** Data caches may read it; memory is good. */
  S,
  /** One data cache has it or will have it, E or M, the home cannot tell which; memory may be stale. */
  EM,
  /** Was EM, the owner was told to share it with a reader, waits for the owner's copy. */
  S_D,
  /** Was EM, somebody reads it through the home, waits for the owner's copy; will be S. */
  EMS_D,
  /** Was EM, a device writes it, waits for the owner's copy; will be I. */
  EMI_D,
  /** Was S, a device writes it, waits for InvAcks; will be I. */
  SI_A,
  /** Is I, waits for InvalidateIAcks. */
  I_G,
  /** Is S, waits for InvalidateIAcks. */
  S_G,
  /** Is EM, waits for InvalidateIAcks. */
  EM_G;

  /** Whether requests have to wait. */
  public boolean busy() {
    return ordinal() > EM.ordinal();
  }
}
