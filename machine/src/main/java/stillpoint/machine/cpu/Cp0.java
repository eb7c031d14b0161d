package stillpoint.machine.cpu;

import java.util.Arrays;
import stillpoint.machine.l1.CacheGeometry;
import stillpoint.machine.time.StateHash;

/**
 * The registers of coprocessor 0 (MIPS64 Privileged Resource Architecture, volume III, chapter 9).
 * Mutable, owned by one core. Registers that are not there read as 0 and ignore writes, which the
 * manual leaves open; docs/isa.md lists those that are, with their write masks.
 *
 * <p>After construction it is as a boot loader hands it over, not as reset leaves it: kernel mode,
 * 64-bit addressing on, interrupts off, vectors in cached memory (BEV = 0). {@link #reset} makes it
 * what the manual says of reset.
 */
public final class Cp0 {
  public static final int STATUS_IE = 1;
  public static final int STATUS_EXL = 1 << 1;
  public static final int STATUS_ERL = 1 << 2;
  public static final int STATUS_KSU = 3 << 3;
  public static final int STATUS_UX = 1 << 5;
  public static final int STATUS_SX = 1 << 6;
  public static final int STATUS_KX = 1 << 7;
  public static final int STATUS_64BIT = STATUS_KX | STATUS_SX | STATUS_UX;
  public static final int STATUS_IM = 0xFF00;
  public static final int STATUS_NMI = 1 << 19;
  public static final int STATUS_SR = 1 << 20;
  public static final int STATUS_TS = 1 << 21;
  public static final int STATUS_BEV = 1 << 22;
  public static final int STATUS_PX = 1 << 23;
  public static final int STATUS_CU0 = 1 << 28;
  public static final int CAUSE_BD = 1 << 31;
  public static final int CAUSE_TI = 1 << 30;
  public static final int CAUSE_DC = 1 << 27;
  public static final int CAUSE_IV = 1 << 23;
  public static final int CAUSE_WP = 1 << 22;
  public static final int CAUSE_IP7 = 1 << 15;

  /** Count grows by one every so many cycles, as on most parts; rdhwr calls it CCRes. */
  public static final int CYCLES_PER_COUNT = 2;

  /** Supervisor and user mode differ in what they may address; modes as Status.KSU numbers them. */
  static final int KERNEL = 0;

  static final int SUPERVISOR = 1;
  static final int USER = 2;

  private static final int STATUS_WRITABLE =
      STATUS_CU0
          | STATUS_PX
          | STATUS_BEV
          | STATUS_IM
          | STATUS_64BIT
          | STATUS_KSU
          | STATUS_ERL
          | STATUS_EXL
          | STATUS_IE;

  /** Bits that software may only clear. */
  private static final int STATUS_CLEARABLE = STATUS_TS | STATUS_SR | STATUS_NMI;

  private static final int CAUSE_WRITABLE = CAUSE_DC | CAUSE_IV | 3 << 8;
  private static final int COUNT_CPUNUM = 0x3FF;
  private static final int SCRATCH_FIRST = 2;

  /** Registers with select 0 that are storage; the others have fields of their own. */
  private final long[] plain = new long[32];

  private final CoreConfig config;
  private final Cp0Layout layout;
  private final int config0;
  private final int config1;
  private final int config3;
  private long ebase;
  private long userLocal;

  /**
   * LLAddr: where the last ll or lld read, without the low four bits. It follows from what has been
   * executed and reaches nothing but registers that read it: no part of the digest.
   */
  private long linkedAddress;

  /** Count less the cycles' share of it; while Cause.DC stops it, Count itself. */
  private int countBias;

  /** Registers that no modelled kernel uses: they enter the digest once somebody has written one. */
  private boolean more;

  private int intCtl;
  private final long[] scratch = new long[6];
  private long timerAt;

  Cp0(CoreConfig config, CacheGeometry l1i, CacheGeometry l1d) {
    this.config = config;
    this.layout = new Cp0Layout(config);
    this.ebase = 0xFFFF_FFFF_8000_0000L | config.cpuNumber() & COUNT_CPUNUM;
    this.config0 = Cp0Layout.config0(config);
    this.config1 = Cp0Layout.config1(config, l1i, l1d);
    this.config3 = Cp0Layout.config3(config);
    plain[Cp0Register.STATUS] = STATUS_64BIT;
    this.timerAt = timerCycleAfter(0);
  }

  /**
   * A cold reset; registers that it leaves undefined become 0, Random the highest index, and kseg0
   * is cached, for the caches are clean.
   */
  void reset() {
    long processorId = plain[Cp0Register.PRID];
    Arrays.fill(plain, 0);
    Arrays.fill(scratch, 0);
    plain[Cp0Register.PRID] = processorId;
    plain[Cp0Register.RANDOM] = config.tlbEntries() - 1;
    plain[Cp0Register.STATUS] = STATUS_BEV | STATUS_ERL;
    ebase = 0xFFFF_FFFF_8000_0000L | config.cpuNumber() & COUNT_CPUNUM;
    userLocal = 0;
    linkedAddress = 0;
    intCtl = 0;
    more = true;
  }

  // registers

  /** Reads as dmfc0 does. */
  public long read(int register, int select, long cycle) {
    return switch (register << 3 | select) {
      case Cp0Register.COUNT << 3 -> count(cycle);
      case Cp0Register.CONFIG << 3 -> config0 & ~7 | (int) plain[Cp0Register.CONFIG] ^ config0 & 7;
      case Cp0Register.CONFIG << 3 | 1 -> config1;
      case Cp0Register.CONFIG << 3 | 2 -> 1 << 31;
      case Cp0Register.CONFIG << 3 | 3 -> config3;
      case Cp0Register.CONFIG << 3 | 4 -> Cp0Layout.CONFIG4;
      case Cp0Register.PRID << 3 | 1 -> ebase;
      case Cp0Register.CONTEXT << 3 | 2 -> userLocal;
      case Cp0Register.STATUS << 3 | 1 -> Cp0Layout.INTCTL_TIMER_ON_IP7 | intCtl;
      case Cp0Register.PAGE_MASK << 3 | 1 -> Cp0Layout.pageGrain(config);
      case Cp0Register.LLADDR << 3 -> linkedAddress;
      default ->
          select == 0 ? plain[register] : isScratch(register, select) ? scratchOf(select) : 0;
    };
  }

  private static boolean isScratch(int register, int select) {
    return register == Cp0Register.SCRATCH && select >= SCRATCH_FIRST;
  }

  private long scratchOf(int select) {
    return scratch[select - SCRATCH_FIRST];
  }

  /** Writes as dmtc0 does, bits that are read-only left alone. */
  public void write(int register, int select, long value, long cycle) {
    switch (register << 3 | select) {
      case Cp0Register.COUNT << 3 -> setCount((int) value, cycle);
      case Cp0Register.COMPARE << 3 -> {
        plain[Cp0Register.COMPARE] = (int) value;
        plain[Cp0Register.CAUSE] &= ~(CAUSE_TI | CAUSE_IP7);
        timerAt = timerCycleAfter(cycle);
      }
      case Cp0Register.STATUS << 3 -> writeStatus((int) value);
      case Cp0Register.CAUSE << 3 -> writeCause((int) value, cycle);
      case Cp0Register.CONFIG << 3 -> plain[Cp0Register.CONFIG] = (value ^ config0) & 7;
      case Cp0Register.PRID << 3 | 1 -> ebase = merge(ebase, value, 0x3FFF_F000);
      case Cp0Register.CONTEXT << 3 | 2 -> userLocal = value;
      case Cp0Register.STATUS << 3 | 1 -> {
        intCtl = (int) value & Cp0Layout.INTCTL_VS;
        more = true;
      }
      case Cp0Register.PAGE_MASK << 3 -> plain[Cp0Register.PAGE_MASK] = Tlb.legalPageMask(value);
      case Cp0Register.WIRED << 3 -> {
        plain[Cp0Register.WIRED] = Math.min(value & 0x3F, config.tlbEntries() - 1);
        plain[Cp0Register.RANDOM] = config.tlbEntries() - 1;
      }
      case Cp0Register.WATCH_HI << 3 -> {
        // the three flags of what struck are cleared by writing ones
        long struck = plain[Cp0Register.WATCH_HI] & ~value & 7;
        plain[Cp0Register.WATCH_HI] = value & layout.writable(Cp0Register.WATCH_HI) | struck;
      }
      default -> {
        if (isScratch(register, select)) {
          scratch[select - SCRATCH_FIRST] = value;
          more = true;
        } else if (select == 0) {
          long writable = layout.writable(register);
          plain[register] = plain[register] & ~writable | value & writable;
        }
      }
    }
  }

  private void setCount(int value, long cycle) {
    countBias = stopped() ? value : value - (int) (cycle / CYCLES_PER_COUNT);
    timerAt = timerCycleAfter(cycle);
  }

  private boolean stopped() {
    return (cause() & CAUSE_DC) != 0;
  }

  private void writeStatus(int value) {
    int kept = status() & ~STATUS_WRITABLE & (value | ~STATUS_CLEARABLE);
    plain[Cp0Register.STATUS] = kept | value & STATUS_WRITABLE;
  }

  /** A pending watch exception may be forgotten but not made up. */
  private void writeCause(int value, long cycle) {
    int count = count(cycle);
    int kept = cause() & ~CAUSE_WRITABLE & (value | ~CAUSE_WP);
    plain[Cp0Register.CAUSE] = kept | value & CAUSE_WRITABLE;
    setCount(count, cycle);
  }

  private static long merge(long old, long value, int writable) {
    return (int) (old & ~writable | value & writable);
  }

  // time

  /** Count at a cycle. */
  public int count(long cycle) {
    return stopped() ? countBias : (int) (cycle / CYCLES_PER_COUNT) + countBias;
  }

  /** First cycle after {@code cycle} at which Count has become equal to Compare. */
  public long timerCycleAfter(long cycle) {
    if (stopped()) {
      return Long.MAX_VALUE;
    }
    long away = (int) plain[Cp0Register.COMPARE] - count(cycle) & 0xFFFF_FFFFL;
    long counts = away == 0 ? 1L << 32 : away;
    return (cycle / CYCLES_PER_COUNT + counts) * CYCLES_PER_COUNT;
  }

  /** Cycle at which Count becomes equal to Compare next, seen from the last write of either. */
  public long timerAt() {
    return timerAt;
  }

  /** Raises the timer's interrupt if Count has become Compare by {@code cycle}. */
  public void advanceTimer(long cycle) {
    if (cycle >= timerAt) {
      plain[Cp0Register.CAUSE] |= CAUSE_TI | CAUSE_IP7;
      timerAt = timerCycleAfter(cycle);
    }
  }

  // Status and Cause

  public int status() {
    return (int) plain[Cp0Register.STATUS];
  }

  /**
   * Sets all of Status, as hardware or a modelled kernel may. The core's {@link Core#setStatus} is
   * the way in.
   */
  void setStatus(int value) {
    plain[Cp0Register.STATUS] = value;
  }

  public int cause() {
    return (int) plain[Cp0Register.CAUSE];
  }

  /** Sets all of Cause, pending lines included. */
  public void setCause(int value) {
    plain[Cp0Register.CAUSE] = value;
  }

  /**
   * The six interrupt lines from outside, bit 0 = IP2 .. bit 5 = IP7. The timer shares IP7 and
   * stays pending beside them.
   */
  public void setHardwareInterrupts(int lines) {
    int timer = (cause() & CAUSE_TI) != 0 ? CAUSE_IP7 : 0;
    plain[Cp0Register.CAUSE] = cause() & ~0xFC00 | (lines & 0x3F) << 10 | timer;
  }

  public long epc() {
    return plain[Cp0Register.EPC];
  }

  public long badVAddr() {
    return plain[Cp0Register.BADVADDR];
  }

  public void setProcessorId(int value) {
    plain[Cp0Register.PRID] = value;
  }

  /** Whether an interrupt that is pending and unmasked would be taken. */
  public boolean interruptsEnabled() {
    return (status() & (STATUS_IE | STATUS_EXL | STATUS_ERL)) == STATUS_IE;
  }

  /** Interrupts that are pending and unmasked, IP7 .. IP0 in bits 7 .. 0. */
  public int pendingInterrupts() {
    return (status() & cause() & STATUS_IM) >> 8;
  }

  public boolean kernelMode() {
    return (status() & STATUS_KSU) == 0 || (status() & (STATUS_EXL | STATUS_ERL)) != 0;
  }

  /** KERNEL, SUPERVISOR or USER; the reserved fourth value of KSU is taken as user. */
  int mode() {
    if (kernelMode()) {
      return KERNEL;
    }
    return (status() & STATUS_KSU) == 1 << 3 ? SUPERVISOR : USER;
  }

  /** Whether 64-bit operations are enabled in the current mode. */
  boolean wideOperations() {
    return switch (mode()) {
      case KERNEL -> true;
      case SUPERVISOR -> (status() & STATUS_SX) != 0;
      default -> (status() & (STATUS_UX | STATUS_PX)) != 0;
    };
  }

  /** Whether the running program may use CP0. */
  boolean usable() {
    return kernelMode() || (status() & STATUS_CU0) != 0;
  }

  /** Whether the running program may read a hardware register. */
  boolean hardwareRegisterUsable(int register) {
    return usable() || (plain[Cp0Register.HWRENA] >>> register & 1) != 0;
  }

  int cpuNumber() {
    return config.cpuNumber();
  }

  long userLocal() {
    return userLocal;
  }

  /** An ll or lld has read there. */
  void linked(long physical) {
    linkedAddress = physical >> 4;
  }

  // for exceptions and the TLB

  long get(int register) {
    return plain[register];
  }

  /** Sets a register as hardware does, masks aside. */
  void put(int register, long value) {
    plain[register] = value;
  }

  long exceptionBase() {
    return ebase & ~0xFFFL;
  }

  /** Bytes between vectored interrupts, 0 if they all share one. */
  int vectorSpacing() {
    return intCtl;
  }

  Cp0Layout layout() {
    return layout;
  }

  /** Cache attribute of kseg0. */
  public int kseg0Attribute() {
    return (int) (read(Cp0Register.CONFIG, 0, 0) & 7);
  }

  void foldState(StateHash hash) {
    hash.fold(plain).fold(ebase).fold(userLocal).fold(countBias);
    if (more) {
      hash.fold(intCtl).fold(scratch);
    }
  }
}
