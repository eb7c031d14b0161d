package stillpoint.machine.interrupt;

import stillpoint.machine.time.StateHash;

/**
 * The state of an Octeon's central interrupt unit: a mailbox word for each core, into which others
 * OR bits, the sources of CIU_INT_SUM0, and the enables of each core's two lines. Mutable, owned by
 * one slice.
 */
final class OcteonCiu {
  /** Of CIU_INT_SUM0: bits 15-0 and 31-16 of the core's own mailbox word are not zero. */
  static final int MAILBOX_LOW = 32;

  static final int MAILBOX_HIGH = 33;
  private static final long MAILBOX_BITS = 3L << MAILBOX_LOW;

  /** GPIO and timer sources remember an edge until a one is written to their bit. */
  static final long EDGE_SOURCES = 0xFFFFL << 16 | 0xFL << 52;

  /** IP2 and IP3. */
  static final int LINES = 2;

  private final int[] mailboxes;
  private final long[][] enables;
  private long inputs;
  private long edges;
  private long idleClears;

  OcteonCiu(int cores) {
    this.mailboxes = new int[cores];
    this.enables = new long[cores][LINES];
  }

  int cores() {
    return mailboxes.length;
  }

  /** All mailbox words; not a copy. */
  int[] mailboxes() {
    return mailboxes;
  }

  int mailbox(int core) {
    return mailboxes[core];
  }

  /** Sets bits; returns the word before. */
  int setMailbox(int core, int bits) {
    int before = mailboxes[core];
    mailboxes[core] = before | bits;
    return before;
  }

  /** Clears bits; returns the word before. */
  int clearMailbox(int core, int bits) {
    int before = mailboxes[core];
    idleClears += (before & bits) == 0 ? 1 : 0;
    mailboxes[core] = before & ~bits;
    return before;
  }

  /** Clears of mailbox bits and of edges that found nothing: a core took an interrupt that was not there. */
  long idleClears() {
    return idleClears;
  }

  /** A device drives its line; the mailboxes' bits are not for devices. */
  void input(int source, boolean level) {
    long bit = 1L << source & ~MAILBOX_BITS;
    edges |= level ? bit & ~inputs & EDGE_SOURCES : 0;
    inputs = level ? inputs | bit : inputs & ~bit;
  }

  /** Forgets edges, as a write of ones to CIU_INT_SUM0 does. */
  void clearEdges(long bits) {
    idleClears += (edges & bits) == 0 ? 1 : 0;
    edges &= ~bits;
  }

  /** CIU_INT_SUM0 of a core. */
  long sum(int core) {
    long low = (mailboxes[core] & 0xFFFF) != 0 ? 1L << MAILBOX_LOW : 0;
    long high = mailboxes[core] >>> 16 != 0 ? 1L << MAILBOX_HIGH : 0;
    return inputs & ~EDGE_SOURCES | edges | low | high;
  }

  long enable(int core, int line) {
    return enables[core][line];
  }

  void setEnable(int core, int line, long value) {
    enables[core][line] = value;
  }

  int levels(int core) {
    int levels = 0;
    for (int line = 0; line < LINES; line++) {
      levels |= (sum(core) & enables[core][line]) != 0 ? 1 << line : 0;
    }
    return levels;
  }

  /** Mailboxes; what only programs without a modelled kernel use, apart. */
  void foldMailboxes(StateHash hash) {
    hash.fold(mailboxes.length);
    for (int word : mailboxes) {
      hash.fold(word);
    }
  }

  void foldRest(StateHash hash) {
    hash.fold(inputs).fold(edges).fold(idleClears);
    for (long[] lines : enables) {
      hash.fold(lines);
    }
  }
}
