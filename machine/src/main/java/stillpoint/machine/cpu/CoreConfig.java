package stillpoint.machine.cpu;

/**
 * What a core is built as: the choices that the architecture leaves to an implementation.
 *
 * @param cpuNumber number of the core, EBase.CPUNum and rdhwr $0; 0 .. 1023 is what EBase can say
 * @param tlbEntries pairs of pages in the TLB, 1 .. 64
 * @param segmentBits bits of a virtual address within its region (SEGBITS), 32 .. 61
 * @param physicalBits bits of a physical address (PABITS), 32 .. 48; above 36 the core has large
 *     physical addresses (Config3.LPA) and they are always enabled
 * @param everythingCached the modelled kernel's machine: uncached segments and cache attributes are
 *     treated as cached, which nobody can see there, since no device is reached by loads and stores
 *     and memory behind the caches is coherent
 */
public record CoreConfig(
    int cpuNumber,
    boolean bigEndian,
    int tlbEntries,
    int segmentBits,
    int physicalBits,
    boolean everythingCached) {
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

  /** A core that runs programs by itself, as hardware does. */
  public static CoreConfig bare(int cpuNumber, boolean bigEndian) {
    return new CoreConfig(cpuNumber, bigEndian, 64, 40, 36, false);
  }

  /** A core whose exceptions go to the modelled kernel. */
  public static CoreConfig modelled(int cpuNumber, boolean bigEndian) {
    return new CoreConfig(cpuNumber, bigEndian, 64, 40, 48, true);
  }

  public CoreConfig withTlbEntries(int entries) {
    return new CoreConfig(
        cpuNumber, bigEndian, entries, segmentBits, physicalBits, everythingCached);
  }

  public CoreConfig withSegmentBits(int bits) {
    return new CoreConfig(cpuNumber, bigEndian, tlbEntries, bits, physicalBits, everythingCached);
  }

  public CoreConfig withPhysicalBits(int bits) {
    return new CoreConfig(cpuNumber, bigEndian, tlbEntries, segmentBits, bits, everythingCached);
  }
}
