package stillpoint.machine.cpu;

import stillpoint.machine.isa.ExcCode;
import stillpoint.machine.l1.CacheGeometry;
import stillpoint.machine.time.StateHash;

/**
 * The registers of coprocessor 0 (MIPS64 Privileged Resource Architecture, volume III). Mutable,
 * owned by one core. Registers that are not there read as 0 and ignore writes, which the manual
 * leaves open.
 *
 * <p>After construction it is as a boot loader hands it over, not as reset leaves it: kernel mode,
 * 64-bit addressing on, interrupts off, vectors in cached memory (BEV = 0).
 */
public final class Cp0 {
  public static final int STATUS_IE = 1;
  public static final int STATUS_EXL = 1 << 1;
  public static final int STATUS_ERL = 1 << 2;
  public static final int STATUS_KSU = 3 << 3;
  public static final int STATUS_64BIT = 7 << 5;
  public static final int STATUS_BEV = 1 << 22;
  public static final int STATUS_CU0 = 1 << 28;
  public static final int CAUSE_BD = 1 << 31;
  public static final int CAUSE_TI = 1 << 30;
  public static final int CAUSE_IV = 1 << 23;

  /** Count grows by one every so many cycles, as on most parts; rdhwr calls it CCRes. */
  public static final int CYCLES_PER_COUNT = 2;

  private static final int HWRENA = 7;
  private static final int BADVADDR = 8;
  private static final int COUNT = 9;
  private static final int COMPARE = 11;
  private static final int STATUS = 12;
  private static final int CAUSE = 13;
  private static final int EPC = 14;
  private static final int PRID = 15;
  private static final int CONFIG = 16;
  private static final int ERROR_EPC = 30;

  private static final int STATUS_WRITABLE =
      STATUS_CU0
          | STATUS_BEV
          | 0xFF00
          | STATUS_64BIT
          | STATUS_KSU
          | STATUS_ERL
          | STATUS_EXL
          | STATUS_IE;
  private static final int CAUSE_WRITABLE = CAUSE_IV | 3 << 8;
  private static final long BOOT_VECTORS = 0xFFFF_FFFF_BFC0_0200L;
  private static final long GENERAL_VECTOR = 0x180;
  private static final long XTLB_REFILL_VECTOR = 0x080;
  private static final long INTERRUPT_VECTOR = 0x200;

  /** Registers with select 0 that are plain storage, and BadVAddr, Cause and Status. */
  private final long[] plain = new long[32];

  private final int cpuNumber;
  private final int config0;
  private final int config1;
  private long ebase;
  private long userLocal;

  /** Count less the cycles' share of it. */
  private int countBias;

  Cp0(int cpuNumber, boolean bigEndian, CacheGeometry l1i, CacheGeometry l1d) {
    this.cpuNumber = cpuNumber;
    this.ebase = 0xFFFF_FFFF_8000_0000L | cpuNumber & 0x3FF;
    // M, BE, AT = MIPS64 with all segments, AR = release 2, no MMU yet, K0 = cached coherent
    this.config0 = 1 << 31 | (bigEndian ? 1 << 15 : 0) | 2 << 13 | 1 << 10 | 5;
    this.config1 = 1 << 31 | cacheFields(l1i) << 16 | cacheFields(l1d) << 7;
    plain[STATUS] = STATUS_64BIT;
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

  /** Reads as dmfc0 does. */
  public long read(int register, int select, long cycle) {
    return switch (register << 3 | select) {
      case COUNT << 3 -> count(cycle);
      case CONFIG << 3 -> config0 & ~7 | (int) plain[CONFIG] ^ config0 & 7;
      case CONFIG << 3 | 1 -> config1;
      case CONFIG << 3 | 2 -> 1 << 31;
      case CONFIG << 3 | 3 -> 1 << 13; // ULRI
      case PRID << 3 | 1 -> ebase;
      case 4 << 3 | 2 -> userLocal;
      default -> select == 0 ? plain[register] : 0;
    };
  }

  /** Writes as dmtc0 does, bits that are read-only left alone. */
  public void write(int register, int select, long value, long cycle) {
    switch (register << 3 | select) {
      case COUNT << 3 -> countBias = (int) value - (int) (cycle / CYCLES_PER_COUNT);
      case COMPARE << 3 -> {
        plain[COMPARE] = (int) value;
        plain[CAUSE] &= ~(CAUSE_TI | 1 << 15);
      }
      case STATUS << 3 -> plain[STATUS] = merge(plain[STATUS], value, STATUS_WRITABLE);
      case CAUSE << 3 -> plain[CAUSE] = merge(plain[CAUSE], value, CAUSE_WRITABLE);
      case CONFIG << 3 -> plain[CONFIG] = (value ^ config0) & 7;
      case PRID << 3 | 1 -> ebase = merge(ebase, value, 0x3FFF_F000);
      case 4 << 3 | 2 -> userLocal = value;
      case BADVADDR << 3, PRID << 3, 1 << 3, 17 << 3 -> {}
      default -> {
        if (select == 0) {
          plain[register] = value;
        }
      }
    }
  }

  private static long merge(long old, long value, int writable) {
    return (int) (old & ~writable | value & writable);
  }

  /** Count at a cycle. */
  public int count(long cycle) {
    return (int) (cycle / CYCLES_PER_COUNT) + countBias;
  }

  /** First cycle after {@code cycle} at which Count has become equal to Compare. */
  public long timerCycleAfter(long cycle) {
    long away = (int) plain[COMPARE] - count(cycle) & 0xFFFF_FFFFL;
    long counts = away == 0 ? 1L << 32 : away;
    return (cycle / CYCLES_PER_COUNT + counts) * CYCLES_PER_COUNT;
  }

  public int status() {
    return (int) plain[STATUS];
  }

  /**
   * Sets all of Status, as hardware or a modelled kernel may. The core's {@link Core#setStatus} is
   * the way in.
   */
  void setStatus(int value) {
    plain[STATUS] = value;
  }

  public int cause() {
    return (int) plain[CAUSE];
  }

  /** Sets all of Cause, pending lines included. */
  public void setCause(int value) {
    plain[CAUSE] = value;
  }

  public long epc() {
    return plain[EPC];
  }

  public long badVAddr() {
    return plain[BADVADDR];
  }

  public void setProcessorId(int value) {
    plain[PRID] = value;
  }

  /** Whether an interrupt that is pending and unmasked would be taken. */
  public boolean interruptsEnabled() {
    return (status() & (STATUS_IE | STATUS_EXL | STATUS_ERL)) == STATUS_IE;
  }

  public boolean kernelMode() {
    return (status() & STATUS_KSU) == 0 || (status() & (STATUS_EXL | STATUS_ERL)) != 0;
  }

  /** Whether the running program may use CP0. */
  boolean usable() {
    return kernelMode() || (status() & STATUS_CU0) != 0;
  }

  /** Whether the running program may read a hardware register. */
  boolean hardwareRegisterUsable(int register) {
    return usable() || (plain[HWRENA] >>> register & 1) != 0;
  }

  int cpuNumber() {
    return cpuNumber;
  }

  long userLocal() {
    return userLocal;
  }

  /** Records an exception and enters kernel mode; returns the address of the handler. */
  long enterException(Trap trap) {
    boolean nested = (status() & STATUS_EXL) != 0;
    int cause = cause() & ~(0x7C | 3 << 28);
    int unit = trap.code() == ExcCode.CpU ? trap.syscallCode() : 0;
    if (!nested) {
      plain[EPC] = trap.epc();
      cause = cause & ~CAUSE_BD | (trap.inDelaySlot() ? CAUSE_BD : 0);
    }
    plain[CAUSE] = cause | trap.code().code() << 2 | unit << 28;
    boolean refill = false;
    switch (trap.code()) {
      case TLBL, TLBS -> {
        plain[BADVADDR] = trap.badVAddr();
        refill = !nested;
      }
      case AdEL, AdES, Mod -> plain[BADVADDR] = trap.badVAddr();
      case Int, IBE, DBE, Sys, Bp, RI, CpU, Ov, Tr -> {}
    }
    plain[STATUS] |= STATUS_EXL;
    long base = (status() & STATUS_BEV) != 0 ? BOOT_VECTORS : ebase & ~0xFFFL;
    boolean special = trap.code() == ExcCode.Int && (cause & CAUSE_IV) != 0;
    return base + (refill ? XTLB_REFILL_VECTOR : special ? INTERRUPT_VECTOR : GENERAL_VECTOR);
  }

  /** Leaves the innermost exception level; returns where to. */
  long leaveException() {
    if ((status() & STATUS_ERL) != 0) {
      plain[STATUS] &= ~STATUS_ERL;
      return plain[ERROR_EPC];
    }
    plain[STATUS] &= ~STATUS_EXL;
    return plain[EPC];
  }

  void foldState(StateHash hash) {
    hash.fold(plain).fold(ebase).fold(userLocal).fold(countBias);
  }
}
