package stillpoint.machine.interrupt;

import stillpoint.machine.time.StateHash;

/**
 * The state of an XLR/XLS programmable interrupt controller: the interrupt redirection table of 32
 * sources, and, for programs on cores that have no such registers, the vectors pending (EIRR) and
 * enabled (EIMR) at each thread. Mutable, owned by one slice.
 *
 * <p>A source is delivered once and then waits for its acknowledgement. If its level is still up
 * then, or another edge has come meanwhile, it is delivered again: none is lost.
 */
final class XlrPic {
  /** Vectors are bits of the 64-bit EIRR and EIMR registers. */
  static final int VECTORS = 64;

  static final int SOURCES = 32;

  /** Of the second word of a table entry. */
  static final int VALID = 1 << 31;

  static final int LEVEL = 1 << 30;
  private static final int VECTOR = 0x3F;

  private final int[] threadMask = new int[SOURCES];
  private final int[] entry = new int[SOURCES];
  private final long[] pendingVectors;
  private final long[] enabledVectors;
  private int inputs;

  /** Sources with an edge that has not been delivered. */
  private int edges;

  /** Sources delivered and not acknowledged. */
  private int inService;

  private long idleAcknowledgements;

  XlrPic(int threads) {
    this.pendingVectors = new long[threads];
    this.enabledVectors = new long[threads];
  }

  int threads() {
    return pendingVectors.length;
  }

  // ---- the redirection table

  int threadMask(int source) {
    return threadMask[source];
  }

  void setThreadMask(int source, int value) {
    threadMask[source] = value;
    deliver(source);
  }

  int entry(int source) {
    return entry[source];
  }

  void setEntry(int source, int value) {
    entry[source] = value;
    deliver(source);
  }

  void input(int source, boolean level) {
    int bit = 1 << source;
    edges |= level && (inputs & bit) == 0 ? bit : 0;
    inputs = level ? inputs | bit : inputs & ~bit;
    deliver(source);
  }

  /** PIC_INT_ACK: the handler is done with these sources. */
  void acknowledge(int sources) {
    idleAcknowledgements += (inService & sources) == 0 ? 1 : 0;
    inService &= ~sources;
    for (int source = 0; source < SOURCES; source++) {
      if ((sources >>> source & 1) != 0) {
        deliver(source);
      }
    }
  }

  /** Acknowledgements of sources and of vectors that found nothing to acknowledge. */
  long idleAcknowledgements() {
    return idleAcknowledgements;
  }

  /** To the lowest-numbered thread of the mask that is there; with none, it waits. */
  private void deliver(int source) {
    int bit = 1 << source;
    boolean level = (entry[source] & LEVEL) != 0;
    boolean wants = ((level ? inputs : edges) & bit) != 0;
    int thread = Integer.numberOfTrailingZeros(threadMask[source]);
    boolean can = (entry[source] & VALID) != 0 && (inService & bit) == 0 && thread < threads();
    if (wants && can) {
      edges &= ~bit;
      inService |= bit;
      raise(thread, entry[source] & VECTOR);
    }
  }

  // ---- vectors at threads

  /** A vector is raised; merges with one that is pending already. */
  void raise(int thread, int vector) {
    pendingVectors[thread] |= 1L << vector;
  }

  long pendingVectors(int thread) {
    return pendingVectors[thread];
  }

  /** A handler acknowledges these vectors at its thread. */
  void clearVectors(int thread, long vectors) {
    idleAcknowledgements += (pendingVectors[thread] & vectors) == 0 ? 1 : 0;
    pendingVectors[thread] &= ~vectors;
  }

  long enabledVectors(int thread) {
    return enabledVectors[thread];
  }

  void setEnabledVectors(int thread, long vectors) {
    enabledVectors[thread] = vectors;
  }

  int levels(int thread) {
    return (pendingVectors[thread] & enabledVectors[thread]) != 0 ? 1 : 0;
  }

  void foldState(StateHash hash) {
    for (int source = 0; source < SOURCES; source++) {
      hash.fold(threadMask[source]).fold(entry[source]);
    }
    hash.fold(pendingVectors).fold(enabledVectors).fold(inputs).fold(edges).fold(inService);
    hash.fold(idleAcknowledgements);
  }
}
