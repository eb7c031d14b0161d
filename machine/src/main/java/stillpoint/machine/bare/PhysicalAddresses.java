package stillpoint.machine.bare;

/** Which virtual addresses are unmapped in kernel mode, and what is behind them. */
public final class PhysicalAddresses {
  private static final int UNCACHED = 2;
  private static final int UNCACHED_ACCELERATED = 7;

  private PhysicalAddresses() {}

  /** Whether an address lies in ckseg0, ckseg1 or xkphys. */
  public static boolean isUnmapped(long virtual) {
    return virtual >> 30 == -2 || virtual >>> 62 == 2;
  }

  /**
   * Whether an unmapped address is reached past the caches.
   *
   * @param kseg0Attribute Config.K0
   */
  public static boolean isUncached(long virtual, int kseg0Attribute) {
    int attribute =
        virtual >>> 62 == 2
            ? (int) (virtual >>> 59) & 7
            : (virtual & 1 << 29) != 0 ? UNCACHED : kseg0Attribute;
    return attribute == UNCACHED || attribute == UNCACHED_ACCELERATED;
  }

  /** The physical address behind an unmapped one. */
  public static long behind(long virtual) {
    return virtual >> 30 == -2 ? virtual & 0x1FFF_FFFF : virtual & (1L << 59) - 1;
  }

  /** A cached virtual address of a physical one: in ckseg0 where it reaches, else in xkphys. */
  public static long cachedAddress(long physical) {
    return physical >>> 29 == 0
        ? 0xFFFF_FFFF_8000_0000L | physical
        : 0x9800_0000_0000_0000L | physical;
  }
}
