package stillpoint.machine.cpu;

import java.util.Arrays;

/**
 * A direct-mapped table of 4 KiB pages and where they are, so that most accesses need no walk of
 * segments and TLB. Costs nothing until its first page is put in.
 *
 * <p>A tag is the page's address, with the mode in bits 4-3; an access whose low address bits are
 * not aligned differs from every tag in bits 2-0.
 */
final class RecentPages {
  private static final int SIZE = 64;
  private static final long PAGE = -4096L;

  /** Bit 5 is in no tag. */
  private static final long NO_PAGE = 32;

  private long[] tags = {NO_PAGE};
  private long[] pages = {0};
  private int mask;

  static long modeTag(int mode) {
    return (long) mode << 3;
  }

  /** The physical address, or Mmu.FAILED if the page is not here or the access is not aligned. */
  long find(long address, int bytes, long modeTag) {
    int slot = (int) (address >>> 12) & mask;
    return tags[slot] == (address & (PAGE | bytes - 1) | modeTag)
        ? pages[slot] | address & ~PAGE
        : Mmu.FAILED;
  }

  void put(long address, long physical, long modeTag) {
    if (mask == 0) {
      tags = new long[SIZE];
      pages = new long[SIZE];
      mask = SIZE - 1;
      clear();
    }
    int slot = (int) (address >>> 12) & mask;
    tags[slot] = address & PAGE | modeTag;
    pages[slot] = physical & PAGE;
  }

  void clear() {
    Arrays.fill(tags, NO_PAGE);
  }
}
