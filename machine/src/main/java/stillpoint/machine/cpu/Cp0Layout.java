package stillpoint.machine.cpu;

import stillpoint.machine.l1.CacheGeometry;

/**
 * Where the fields of the CP0 registers are on a core as it is built, and what its Config registers
 * say. Immutable.
 */
final class Cp0Layout {
  static final long ASID = 0xFF;

  /** IPTI: the timer's interrupt is IP7. There are no performance counters: IPPCI is 0. */
  static final int INTCTL_TIMER_ON_IP7 = 7 << 29;

  static final int INTCTL_VS = 31 << 5;

  /** KScrExist: selects 2 to 7. */
  static final int CONFIG4 = 0xFC << 16;

  private static final int CONFIG3_ULRI = 1 << 13;
  private static final int CONFIG3_LPA = 1 << 7;
  private static final int CONFIG3_VINT = 1 << 5;
  private static final int PAGE_GRAIN_ELPA = 1 << 29;
  private static final long WATCH_HI_WRITABLE = 1L << 30 | 0xFF << 16 | 0x1FF << 3;
  private static final long CONTEXT_BAD_VPN2 = 0x7F_FFF0;

  private final int segmentBits;
  private final long[] writable = new long[32];

  Cp0Layout(CoreConfig config) {
    this.segmentBits = config.segmentBits();
    long entryLo = (1L << config.physicalBits() - 6) - 1;
    int indexBits = 32 - Integer.numberOfLeadingZeros(config.tlbEntries() - 1);
    writable[Cp0Register.INDEX] = (1L << indexBits) - 1;
    writable[Cp0Register.ENTRY_LO0] = entryLo;
    writable[Cp0Register.ENTRY_LO1] = entryLo;
    writable[Cp0Register.CONTEXT] = ~0x7F_FFFFL;
    writable[Cp0Register.HWRENA] = 1L << 29 | 0xF;
    writable[Cp0Register.ENTRY_HI] = pageBits() | ASID;
    writable[Cp0Register.EPC] = -1;
    writable[Cp0Register.WATCH_LO] = -1;
    writable[Cp0Register.WATCH_HI] = WATCH_HI_WRITABLE;
    writable[Cp0Register.X_CONTEXT] = -1L << segmentBits - 7;
    writable[Cp0Register.TAG_LO] = -1;
    writable[Cp0Register.TAG_HI] = -1;
    writable[Cp0Register.ERROR_EPC] = -1;
  }

  /** Bits that mtc0 may change of a plain register with select 0. */
  long writable(int register) {
    return writable[register];
  }

  /** R and VPN2 of an address, as EntryHi has them. */
  private long pageBits() {
    return 3L << 62 | (1L << segmentBits) - 1 & ~0x1FFFL;
  }

  long entryHi(long address, long old) {
    return address & pageBits() | old & ASID;
  }

  static long context(long address, long old) {
    return old & ~0x7F_FFFFL | address >>> 9 & CONTEXT_BAD_VPN2;
  }

  /** PTEBase, R, BadVPN2: the latter is VA bits SEGBITS-1 .. 13 from bit 4 on. */
  long xContext(long address, long old) {
    long vpn2 = (address & (1L << segmentBits) - 1) >>> 13;
    return old & writable[Cp0Register.X_CONTEXT] | (address >>> 62) << segmentBits - 9 | vpn2 << 4;
  }

  /** More Config registers follow; byte order, MIPS64 with all segments, release 2, a TLB; K0. */
  static int config0(CoreConfig config) {
    int cached = 5;
    return 1 << 31 | (config.bigEndian() ? 1 << 15 : 0) | 2 << 13 | 1 << 10 | 1 << 7 | cached;
  }

  /** TLB size, caches, watch registers; no coprocessor 2, no EJTAG, no MIPS16, no FPU. */
  static int config1(CoreConfig config, CacheGeometry l1i, CacheGeometry l1d) {
    int watch = 1 << 3;
    return 1 << 31
        | config.tlbEntries() - 1 << 25
        | cacheFields(l1i) << 16
        | cacheFields(l1d) << 7
        | watch;
  }

  /** Config4 follows; UserLocal, vectored interrupts, perhaps large physical addresses. */
  static int config3(CoreConfig config) {
    return 1 << 31 | CONFIG3_ULRI | CONFIG3_VINT | (large(config) ? CONFIG3_LPA : 0);
  }

  static int pageGrain(CoreConfig config) {
    return large(config) ? PAGE_GRAIN_ELPA : 0;
  }

  private static boolean large(CoreConfig config) {
    return config.physicalBits() > 36;
  }

  /**
   * Sets a way, line size and associativity, as Config1 encodes them. More than it can say is said
   * as the most.
   */
  private static int cacheFields(CacheGeometry g) {
    int sets = Math.clamp(Integer.numberOfTrailingZeros(g.sets()) - 6, 0, 6);
    int line = Math.min(Integer.numberOfTrailingZeros(g.lineBytes()) - 1, 6);
    return sets << 6 | line << 3 | Math.min(g.ways() - 1, 7);
  }
}
