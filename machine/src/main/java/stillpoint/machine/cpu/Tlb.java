package stillpoint.machine.cpu;

import java.util.Arrays;
import stillpoint.machine.time.StateHash;

/**
 * The joint TLB (MIPS64 PRA volume III, 4.9): fully associative, each entry a pair of pages of 4
 * KiB to 256 MiB. Mutable, owned by one core. Costs nothing until its first entry is written.
 *
 * <p>An entry that nobody has written since reset matches nothing, so that a lookup before boot
 * code has cleared the TLB is a refill and not a machine check.
 */
public final class Tlb {
  /** Nothing matches. */
  static final int NO_ENTRY = -1;

  /** More than one entry matches. */
  static final int DOUBLE_HIT = -2;

  static final long LO_GLOBAL = 1;
  static final long LO_VALID = 1 << 1;
  static final long LO_DIRTY = 1 << 2;
  private static final long ASID = 0xFF;
  private static final long SMALLEST_PAIR = 0x1FFF;
  private static final long MOST_PAGE_MASK = 0x1FFF_E000L;

  private final int size;

  /** Bits of an address that an entry without page mask compares: R and VPN2. */
  private final long comparedBits;

  /** Address bits that each entry compares; 0 for one that was never written. */
  private long[] compares;

  private long[] hi;
  private long[] lo0;
  private long[] lo1;

  Tlb(int size, int segmentBits) {
    this.size = size;
    this.comparedBits = 3L << 62 | (1L << segmentBits) - 1 & ~SMALLEST_PAIR;
  }

  public int size() {
    return size;
  }

  /** What tlbr would read; null for an entry that was never written. */
  public TlbEntry entry(int index) {
    return compares == null || compares[index] == 0
        ? null
        : new TlbEntry(hi[index], lo0[index], lo1[index], pageMask(index));
  }

  private long pageMask(int index) {
    return ~compares[index] & comparedBits & MOST_PAGE_MASK;
  }

  /** A legal PageMask: pairs of ones from bit 13 on. Any other is UNPREDICTABLE and gives 4 KiB. */
  static long legalPageMask(long value) {
    long mask = value & MOST_PAGE_MASK;
    long pages = mask >> 13;
    boolean ones = (pages & pages + 1) == 0;
    return ones && (Long.bitCount(pages) & 1) == 0 ? mask : 0;
  }

  /** Address bits below a page mask are dropped, as many parts do. */
  void write(int index, TlbEntry entry) {
    allocate();
    long pair = entry.pageMask() | SMALLEST_PAIR;
    long global = entry.entryLo0() & entry.entryLo1() & LO_GLOBAL;
    long frames = ~(entry.pageMask() >> 7 & -64L);
    compares[index] = comparedBits & ~pair;
    hi[index] = entry.entryHi() & (compares[index] | ASID);
    lo0[index] = entry.entryLo0() & frames & ~LO_GLOBAL | global;
    lo1[index] = entry.entryLo1() & frames & ~LO_GLOBAL | global;
  }

  /** The entry for an address, NO_ENTRY or DOUBLE_HIT. */
  int find(long address, long asid) {
    int found = NO_ENTRY;
    for (int i = 0; compares != null && i < size; i++) {
      if (((address ^ hi[i]) & compares[i]) == 0 && compares[i] != 0 && inSpace(i, asid)) {
        if (found != NO_ENTRY) {
          return DOUBLE_HIT;
        }
        found = i;
      }
    }
    return found;
  }

  private boolean inSpace(int index, long asid) {
    return (lo0[index] & LO_GLOBAL) != 0 || ((hi[index] ^ asid) & ASID) == 0;
  }

  /** EntryLo of the page of a pair that an address is in. */
  long entryLo(int index, long address) {
    long odd = offsetMask(index) + 1;
    return (address & odd) != 0 ? lo1[index] : lo0[index];
  }

  /** Bits of an address within its page. */
  long offsetMask(int index) {
    return (pageMask(index) | SMALLEST_PAIR) >> 1;
  }

  void foldState(StateHash hash) {
    if (compares != null) {
      hash.fold(compares).fold(hi).fold(lo0).fold(lo1);
    }
  }

  void clear() {
    if (compares != null) {
      Arrays.fill(compares, 0);
    }
  }

  private void allocate() {
    if (compares == null) {
      compares = new long[size];
      hi = new long[size];
      lo0 = new long[size];
      lo1 = new long[size];
    }
  }
}
