package stillpoint.machine.cpu;

import stillpoint.machine.coherence.AccessKind;
import stillpoint.machine.isa.ExcCode;

/**
 * Virtual to physical addresses: the segments of the current mode (MIPS64 PRA volume III, chapter
 * 4), the TLB, and in front of both the pages that were used lately. Mutable,
 * owned by one core.
 *
 * <p>Recent pages hold nothing that a walk would not say again, so they are no part of the state: a
 * page is there only while the walk of any aligned access to it ends the same way. Whatever may
 * change an answer empties them, except the mode, which is part of their tags.
 */
final class Mmu {
  /** The access has raised an exception: see {@link #failure}. Negative, as no address is. */
  static final long FAILED = -1;

  /** Set in a physical address whose cache attribute says uncached. */
  static final long UNCACHED = 1L << 62;

  static final long PAGE = -4096L;
  private static final int CCA_UNCACHED = 2;
  private static final int CCA_UNCACHED_ACCELERATED = 7;
  private static final long WATCH_INSTRUCTION = 4;
  private static final long WATCH_READ = 2;
  private static final long WATCH_WRITE = 1;

  private final CoreConfig config;
  private final Cp0 cp0;
  final Tlb tlb;

  private final RecentPages fetches = new RecentPages();
  private final RecentPages loads = new RecentPages();
  private final RecentPages stores = new RecentPages();

  /** Goes into the tags of recent pages. */
  private long modeTag;

  /** The Status bits, besides the mode, that answers depend on. */
  private int addressing;

  /** Counts what may have changed answers; to be compared, and no part of the state. */
  private transient long changes;

  // how the last walk ended, if it failed
  private ExcCode failure;
  private int failureDetail;
  private long failureAddress;

  Mmu(CoreConfig config, Cp0 cp0) {
    this.config = config;
    this.cp0 = cp0;
    this.tlb = new Tlb(config.tlbEntries(), config.segmentBits());
  }

  /** Status has changed. */
  void statusChanged() {
    int now = cp0.status() & (Cp0.STATUS_64BIT | Cp0.STATUS_ERL | Cp0.STATUS_EXL);
    if (((now ^ addressing) & ~Cp0.STATUS_EXL) != 0 || watching() && now != addressing) {
      forget();
    }
    addressing = now;
    long newTag = RecentPages.modeTag(cp0.mode());
    if (newTag != modeTag) {
      modeTag = newTag;
      changes++;
    }
  }

  /** Something that answers depend on has changed. */
  void forget() {
    fetches.clear();
    loads.clear();
    stores.clear();
    changes++;
  }

  /** Differs from what it was if an answer may differ from what it was. */
  long changes() {
    return changes;
  }

  /**
   * The physical address behind an aligned virtual one, with {@link #UNCACHED} set or not; FAILED
   * after an exception.
   */
  long translate(long address, int bytes, AccessKind kind) {
    long recent = recent(kind).find(address, bytes, modeTag);
    return recent != FAILED ? recent : walk(address, bytes, kind);
  }

  private RecentPages recent(AccessKind kind) {
    return switch (kind) {
      case FETCH -> fetches;
      case STORE -> stores;
      case LOAD, GLOBAL_INVALIDATE_I, UNCACHED, CACHE_OPERATION -> loads;
    };
  }

  ExcCode failure() {
    return failure;
  }

  int failureDetail() {
    return failureDetail;
  }

  long failureAddress() {
    return failureAddress;
  }

  private long fail(ExcCode code, int detail, long address) {
    failure = code;
    failureDetail = detail;
    failureAddress = address;
    return FAILED;
  }

  private long walk(long given, int bytes, AccessKind kind) {
    long address = wraps(kind) ? (int) given : given;
    int attribute = attributeOf(address);
    if (attribute == ILLEGAL || (address & bytes - 1) != 0) {
      return fail(kind == AccessKind.STORE ? ExcCode.AdES : ExcCode.AdEL, 0, address);
    }
    if (watching() && watchStrikes(address, kind)) {
      return FAILED;
    }
    long physical = attribute == MAPPED ? mapped(address, kind) : unmapped(address, attribute);
    if (physical != FAILED && (!watching() || !onWatchedPage(address))) {
      recent(kind).put(address, physical, modeTag);
    }
    return physical;
  }

  /** Data addresses of user programs that know 32 bits only (PRA volume III, 4.11). */
  private boolean wraps(AccessKind kind) {
    return kind != AccessKind.FETCH
        && cp0.mode() == Cp0.USER
        && (cp0.status() & Cp0.STATUS_UX) == 0;
  }

  // ---- segments

  private static final int ILLEGAL = -1;
  private static final int MAPPED = -2;

  /** Cache attribute of an unmapped address, 0 .. 7, or MAPPED or ILLEGAL. */
  private int attributeOf(long address) {
    int mode = cp0.mode();
    int status = cp0.status();
    return switch ((int) (address >>> 62)) {
      case 0 -> userSegment(address, status);
      case 1 -> {
        boolean enabled = mode != Cp0.USER && (status & Cp0.STATUS_SX) != 0;
        yield enabled && withinSegment(address, 0) ? MAPPED : ILLEGAL;
      }
      case 2 -> {
        boolean enabled = mode == Cp0.KERNEL && (status & Cp0.STATUS_KX) != 0;
        boolean exists = (address & (1L << 59) - 1) < 1L << config.physicalBits();
        yield enabled && exists ? (int) (address >>> 59) & 7 : ILLEGAL;
      }
      default -> {
        if (address >> 31 == -1) {
          yield compatibilitySegment((int) address >>> 29 & 3, mode);
        }
        boolean enabled = mode == Cp0.KERNEL && (status & Cp0.STATUS_KX) != 0;
        yield enabled && withinSegment(address, 1L << 31) ? MAPPED : ILLEGAL;
      }
    };
  }

  private int userSegment(long address, int status) {
    if (address <= 0x7FFF_FFFFL) {
      return (status & Cp0.STATUS_ERL) != 0 ? CCA_UNCACHED : MAPPED;
    }
    boolean enabled = (status & Cp0.STATUS_UX) != 0;
    return enabled && withinSegment(address, 0) ? MAPPED : ILLEGAL;
  }

  /** kseg0, kseg1, sseg (ksseg), kseg3, sign-extended. */
  private int compatibilitySegment(int segment, int mode) {
    return switch (segment) {
      case 0 -> mode == Cp0.KERNEL ? cp0.kseg0Attribute() : ILLEGAL;
      case 1 -> mode == Cp0.KERNEL ? CCA_UNCACHED : ILLEGAL;
      case 2 -> mode != Cp0.USER ? MAPPED : ILLEGAL;
      default -> mode == Cp0.KERNEL ? MAPPED : ILLEGAL;
    };
  }

  private boolean withinSegment(long address, long lessAtTheEnd) {
    return (address & (1L << 62) - 1) < (1L << config.segmentBits()) - lessAtTheEnd;
  }

  /** kseg0 and kseg1 are windows of 512 MiB, xkphys shows everything, kuseg with ERL its 2 GiB. */
  private long unmapped(long address, int attribute) {
    long physical =
        switch ((int) (address >>> 62)) {
          case 0 -> address;
          case 2 -> address & (1L << 59) - 1;
          default -> address & 0x1FFF_FFFF;
        };
    return physical | uncachedFlag(attribute);
  }

  private long uncachedFlag(int attribute) {
    boolean uncached = attribute == CCA_UNCACHED || attribute == CCA_UNCACHED_ACCELERATED;
    return uncached && !config.everythingCached() ? UNCACHED : 0;
  }

  // ---- TLB

  private long mapped(long address, AccessKind kind) {
    int index = tlb.find(address, cp0.get(Cp0Register.ENTRY_HI));
    ExcCode code = kind == AccessKind.STORE ? ExcCode.TLBS : ExcCode.TLBL;
    if (index == Tlb.NO_ENTRY) {
      return fail(code, 0, address);
    }
    if (index == Tlb.DOUBLE_HIT) {
      return fail(ExcCode.MCheck, 0, 0);
    }
    long lo = tlb.entryLo(index, address);
    if ((lo & Tlb.LO_VALID) == 0) {
      return fail(code, Trap.INVALID_ENTRY, address);
    }
    if (kind == AccessKind.STORE && (lo & Tlb.LO_DIRTY) == 0) {
      return fail(ExcCode.Mod, 0, address);
    }
    long offset = tlb.offsetMask(index);
    return (lo >>> 6 << 12) & ~offset | address & offset | uncachedFlag((int) lo >> 3 & 7);
  }

  // ---- watch registers

  boolean watching() {
    return (cp0.get(Cp0Register.WATCH_LO) & 7) != 0;
  }

  /** Whether the next fetches have to be looked at one by one. */
  boolean watchesFetches() {
    return (cp0.get(Cp0Register.WATCH_LO) & WATCH_INSTRUCTION) != 0;
  }

  private boolean onWatchedPage(long address) {
    return ((address ^ cp0.get(Cp0Register.WATCH_LO)) & PAGE) == 0;
  }

  /**
   * Whether a watch exception stops this access. At an exception level it is put off: Cause.WP
   * remembers it, and the access happens.
   */
  private boolean watchStrikes(long address, AccessKind kind) {
    long lo = cp0.get(Cp0Register.WATCH_LO);
    long hi = cp0.get(Cp0Register.WATCH_HI);
    long flag =
        switch (kind) {
          case FETCH -> WATCH_INSTRUCTION;
          case STORE -> WATCH_WRITE;
          case LOAD, GLOBAL_INVALIDATE_I, UNCACHED, CACHE_OPERATION -> WATCH_READ;
        };
    long dontCare = hi & 0xFF8 | 7;
    boolean inSpace = (hi >>> 30 & 1) != 0 || sameSpace(hi);
    if ((lo & flag) == 0 || ((address ^ lo) & ~dontCare) != 0 || !inSpace) {
      return false;
    }
    cp0.put(Cp0Register.WATCH_HI, hi | flag);
    if ((cp0.status() & (Cp0.STATUS_EXL | Cp0.STATUS_ERL)) != 0) {
      cp0.setCause(cp0.cause() | Cp0.CAUSE_WP);
      return false;
    }
    fail(ExcCode.Watch, 0, 0);
    return true;
  }

  private boolean sameSpace(long watchHi) {
    return ((watchHi >>> 16 ^ cp0.get(Cp0Register.ENTRY_HI)) & Cp0Layout.ASID) == 0;
  }
}
