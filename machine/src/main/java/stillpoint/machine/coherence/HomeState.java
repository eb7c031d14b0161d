package stillpoint.machine.coherence;

/**
 * State of a line at its home. Stable states have no underscore. A line in a transient state is
 * busy: it serves one request, and the others wait in its queue.
 */
public enum HomeState {
  /** No data cache has it; memory is good. */
  I,
  /** Data caches may read it; memory is good. */
  S,
  /** One data cache has it, E or M, the home cannot tell which; memory may be stale. */
  EM,
  /** Was S, somebody wants to write, waits for InvAcks. */
  SM_A,
  /** Was EM, somebody wants to read, waits for the owner's RecallAck. */
  EMS_D,
  /** Was EM, another wants to write, waits for the owner's RecallAck. */
  EMM_D,
  /** Was EM, somebody fetches instructions, waits for the owner's RecallAck. */
  EMI_D,
  /** Is I, waits for InvalidateIAcks. */
  I_G,
  /** Is S, waits for InvalidateIAcks. */
  S_G,
  /** Is EM, waits for InvalidateIAcks. */
  EM_G;

  /** Whether it serves a request that is not finished. */
  public boolean busy() {
    return ordinal() > EM.ordinal();
  }
}
