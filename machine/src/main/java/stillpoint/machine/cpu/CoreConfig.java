package stillpoint.machine.cpu;

/**
 * What a core is built as: the choices that the architecture leaves to an implementation.
 *
 * @param cpuNumber number of the core, EBase.CPUNum and rdhwr $0; 0 .. 1023 is what EBase can say
 * @param tlbEntries pairs of pages in the TLB, 1 .. 64
 * @param segmentBits bits of a virtual address within its region (SEGBITS), 32 .. 61
 * @param physicalBits bits of a physical address (PABITS), 32 .. 48; above 36 the core has large
 *     physical addresses (Config3.LPA) and they are always enabled
 * @param uncached what an access is that the segment or page calls uncached
 */
public record CoreConfig(
    int cpuNumber,
    boolean bigEndian,
    int tlbEntries,
    int segmentBits,
    int physicalBits,
    Uncached uncached) {
  /**
   * What becomes of uncached accesses. A program that keeps cached and uncached accesses to a line
   * apart, as the architecture asks, computes the same with each.
   */
  public enum Uncached {
    /** They are cached ones: coherent, so that nothing is behind the caches that anybody could miss. */
    CACHED,
    /** They look into the core's own data cache first, and operations on that cache do nothing. */
    OWN_CACHE_FIRST,
    /** They see and change memory itself, whatever any cache holds; operations write back and forget. */
    PAST_ALL_CACHES
  }

  public CoreConfig {
    refuseOutside("tlbEntries", tlbEntries, 1, 64);
    refuseOutside("segmentBits", segmentBits, 32, 61);
    refuseOutside("physicalBits", physicalBits, 32, 48);
  }

  private static void refuseOutside(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + " = " + value + " is not within " + least + " .. " + most);
    }
  }

  /** The only core of a machine that runs programs by itself, as hardware does. */
  public static CoreConfig bare(int cpuNumber, boolean bigEndian) {
    return new CoreConfig(cpuNumber, bigEndian, 64, 40, 36, Uncached.OWN_CACHE_FIRST);
  }

  /** A core of a machine of several that run programs by themselves. */
  public static CoreConfig bareOfSeveral(int cpuNumber, boolean bigEndian) {
    return new CoreConfig(cpuNumber, bigEndian, 64, 40, 36, Uncached.PAST_ALL_CACHES);
  }

  /** A core whose exceptions go to the modelled kernel. */
  public static CoreConfig modelled(int cpuNumber, boolean bigEndian) {
    return new CoreConfig(cpuNumber, bigEndian, 64, 40, 48, Uncached.CACHED);
  }

  /** Whether there is no uncached access at all. */
  public boolean everythingCached() {
    return uncached == Uncached.CACHED;
  }

  public CoreConfig withTlbEntries(int entries) {
    return new CoreConfig(cpuNumber, bigEndian, entries, segmentBits, physicalBits, uncached);
  }

  public CoreConfig withSegmentBits(int bits) {
    return new CoreConfig(cpuNumber, bigEndian, tlbEntries, bits, physicalBits, uncached);
  }

  public CoreConfig withPhysicalBits(int bits) {
    return new CoreConfig(cpuNumber, bigEndian, tlbEntries, segmentBits, bits, uncached);
  }
}
