package stillpoint.machine.coherence;

import java.util.Arrays;
import stillpoint.machine.time.Restorable;
import stillpoint.machine.time.StateHash;

/**
 * 64 neighbouring lines of a directory slice: their directory entries and their memory. A line's
 * bytes are one array that is replaced, never changed, so messages and snapshots share it.
 */
final class LinePage implements Restorable {
  static final int SHIFT = 6;
  static final int LINES = 1 << SHIFT;
  static final int NOBODY = -1;

  /** Generation of a page that nobody has a snapshot of, when nobody has any. */
  static final int OWN = 0;

  private static final HomeState[] STATES = HomeState.values();

  /** Page number: index of its first line within the slice, divided by {@link #LINES}. */
  final long number;

  /** Snapshot before which this page is the slice's own; see {@link LineStore#snapshot()}. */
  transient int generation;

  /** Bit i: line i was ever asked for or loaded. */
  private long known;

  private final byte[] states;
  private final int[] owners;
  private final long[] readyCycles;
  private final byte[][] data;
  private SharerSet[] sharers;
  private HomeTransaction[] transactions;

  LinePage(long number) {
    this.number = number;
    this.states = new byte[LINES];
    this.owners = new int[LINES];
    this.readyCycles = new long[LINES];
    this.data = new byte[LINES][];
    Arrays.fill(owners, NOBODY);
  }

  /** A copy for the slice to go on with, while a snapshot keeps {@code page}. */
  LinePage(LinePage page) {
    this.number = page.number;
    this.known = page.known;
    this.states = page.states.clone();
    this.owners = page.owners.clone();
    this.readyCycles = page.readyCycles.clone();
    this.data = page.data.clone();
    this.sharers = page.sharers;
    this.transactions = page.transactions;
    page.sharers = null; // a snapshot has no use for them, and must not see them change
    page.transactions = null;
  }

  @Override
  public void restored() {
    generation = OWN;
  }

  long known() {
    return known;
  }

  void makeKnown(int at) {
    known |= 1L << at;
  }

  HomeState state(int at) {
    return STATES[states[at]];
  }

  void state(int at, HomeState state) {
    states[at] = (byte) state.ordinal();
  }

  int owner(int at) {
    return owners[at];
  }

  void owner(int at, int cpu) {
    owners[at] = cpu;
  }

  /** Cycle before which nothing about this line leaves the home. */
  long readyCycle(int at) {
    return readyCycles[at];
  }

  void readyCycle(int at, long cycle) {
    readyCycles[at] = cycle;
  }

  /** The line's bytes in memory, or null while they are all zero and nobody wrote them. */
  byte[] data(int at) {
    return data[at];
  }

  void data(int at, byte[] bytes) {
    data[at] = bytes;
  }

  /** The line's sharers, or null if there are none. */
  SharerSet sharers(int at) {
    return sharers == null ? null : sharers[at];
  }

  boolean shares(int at, int cpu) {
    SharerSet sharing = sharers(at);
    return sharing != null && sharing.contains(cpu);
  }

  int sharerCount(int at) {
    SharerSet sharing = sharers(at);
    return sharing == null ? 0 : sharing.count();
  }

  void addSharer(int at, int cpu) {
    if (sharers == null) {
      sharers = new SharerSet[LINES];
    }
    if (sharers[at] == null) {
      sharers[at] = new SharerSet();
    }
    sharers[at].add(cpu);
  }

  void removeSharer(int at, int cpu) {
    sharers[at].remove(cpu);
    if (sharers[at].count() == 0) {
      sharers[at] = null;
    }
  }

  void clearSharers(int at) {
    if (sharers != null) {
      sharers[at] = null;
    }
  }

  /** What keeps the line busy, or null. */
  HomeTransaction transaction(int at) {
    return transactions == null ? null : transactions[at];
  }

  /** Whether any line here was ever busy. */
  boolean hadTransactions() {
    return transactions != null;
  }

  void transaction(int at, HomeTransaction transaction) {
    if (transactions == null) {
      if (transaction == null) {
        return;
      }
      transactions = new HomeTransaction[LINES];
    }
    transactions[at] = transaction;
  }

  void fold(StateHash hash) {
    hash.fold(number).fold(known);
    for (long left = known; left != 0; left &= left - 1) {
      int at = Long.numberOfTrailingZeros(left);
      hash.fold(states[at]).fold(owners[at]).fold(readyCycles[at]);
      foldBytes(hash, data[at]);
      SharerSet sharing = sharers(at);
      if (sharing != null) {
        sharing.fold(hash);
      }
      HomeTransaction transaction = transaction(at);
      if (transaction != null) {
        transaction.fold(hash);
      }
    }
  }

  /** Eight bytes at a time: a line is hashed in a tenth of the time. */
  private static void foldBytes(StateHash hash, byte[] bytes) {
    hash.fold(bytes == null ? 0 : bytes.length);
    for (int i = 0; bytes != null && i < bytes.length; i += Long.BYTES) {
      hash.fold((long) LineStore.LITTLE_ENDIAN_LONGS.get(bytes, i));
    }
  }
}
