package stillpoint.machine.cpu;

import stillpoint.machine.l1.CacheGeometry;
import stillpoint.machine.l1.DataCache;
import stillpoint.machine.l1.L1State;

/** What the {@code cache} instruction's index operations call slots and tags. */
final class CacheTags {
  static final int INDEX_LOAD_TAG_D = 0b001_01;
  static final int INDEX_STORE_TAG_D = 0b010_01;

  private static final int PAGE_BITS = 12;
  private static final int ADDRESS_SHIFT = 8;
  private static final int STATE_SHIFT = 6;

  private CacheTags() {}

  /** The slot that an address means: the way's number is in the bits above the set's. */
  static int slotOf(long address, CacheGeometry geometry) {
    int line = (int) (address >>> Integer.numberOfTrailingZeros(geometry.lineBytes()));
    int set = line & geometry.sets() - 1;
    int above = line >>> Integer.numberOfTrailingZeros(geometry.sets());
    return set * geometry.ways() + Integer.remainderUnsigned(above, geometry.ways());
  }

  /**
   * TagLo's image of a slot, as the manual's example has it: bits 35 .. 12 of the line's address in 31
   * .. 8, its state in 7 .. 6: invalid, shared, exclusive, modified.
   */
  static long tagLo(DataCache cache, int slot) {
    if (!cache.holdsAnything() || cache.state(slot) == L1State.I) {
      return 0;
    }
    long address = cache.lineAddress(slot) >>> PAGE_BITS << ADDRESS_SHIFT;
    return (int) (address | cache.state(slot).ordinal() << STATE_SHIFT);
  }

  /** Whether TagLo says that the slot it is stored to holds nothing. */
  static boolean isInvalid(long tagLo) {
    return (tagLo >>> STATE_SHIFT & 3) == 0;
  }
}
