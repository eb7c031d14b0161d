package stillpoint.machine.isa;

/** What became of one execution of an instruction. */
public enum Outcome {
  /** It is done; the next one follows. */
  RETIRED,
  /** It is done and has a delay slot; what comes after that is {@link Processor#branchTarget}. */
  BRANCHED,
  /** It is done: a likely branch not taken. Its delay slot is skipped. */
  ANNULLED,
  /**
   * It is done and went to {@link Processor#branchTarget} without a delay slot; interrupts may be
   * open now (eret).
   */
  RETURNED,
  /** It is done and may have changed the instruction cache: what follows must be fetched anew. */
  REFETCH,
  /** It is done and may have opened, closed or raised interrupts. */
  CHECK_INTERRUPTS,
  /** It is done; the processor sleeps until an interrupt. */
  WAITING,
  /** It has done nothing: a cache cannot serve it. To be executed again. */
  MISSED,
  /** It has done nothing: its access goes past the caches. To be executed again with the answer. */
  UNCACHED,
  /** It has done nothing but raise an exception. */
  TRAPPED;

  /** Whether the instruction is done with, so that program order goes on behind it. */
  public boolean retires() {
    return this != MISSED && this != UNCACHED && this != TRAPPED;
  }
}
