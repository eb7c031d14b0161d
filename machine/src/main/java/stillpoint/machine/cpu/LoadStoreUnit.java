package stillpoint.machine.cpu;

import stillpoint.machine.coherence.AccessKind;
import stillpoint.machine.isa.ExcCode;
import stillpoint.machine.isa.Instruction;
import stillpoint.machine.isa.Outcome;
import stillpoint.machine.isa.Processor;
import stillpoint.machine.l1.DataCache;
import stillpoint.machine.l1.InstructionCache;
import stillpoint.machine.time.BrokenInvariant;

/**
 * The part of a core that turns addresses into accesses: translation, loads and stores through the
 * data cache, the link of ll and sc, cache operations. It records what a miss needs and what an
 * exception says; {@link Core} acts on both.
 */
abstract sealed class LoadStoreUnit extends Processor permits Core {
  /** Bits of a physical address. */
  static final int PHYSICAL_BITS = 48;

  /** Bits of a virtual address within its region. */
  static final int SEGMENT_BITS = 40;

  private static final boolean LEFT = true;
  private static final boolean RIGHT = false;
  static final long NO_LINE = -1;
  static final long NOT_SERVED = -1;

  /** Bits 63-30 of ckseg0 and ckseg1, bit 29 (which of the two) set to 1. */
  private static final long UNMAPPED_TAG = 0xFFFF_FFFF_A000_0000L >> 29;

  final boolean bigEndian;
  final InstructionCache l1i;
  final DataCache l1d;
  final Cp0 cp0;
  final int lineMask;

  /** Line that the last ll or lld read, or NO_LINE. */
  long linkedLine = NO_LINE;

  /** Whether the access that stopped the core is that of a store conditional. */
  boolean conditionalAccess;

  /** UNMAPPED_TAG, or in user mode, which may not go there, a tag that no address has. */
  private long unmappedTag;

  AccessKind missKind;
  long missAddress;
  ExcCode trapCode;
  int trapDetail;
  long trapAddress;

  LoadStoreUnit(int cpuNumber, boolean bigEndian, InstructionCache l1i, DataCache l1d) {
    if (l1i.geometry().lineBytes() != l1d.geometry().lineBytes()) {
      throw new BrokenInvariant("cpu" + cpuNumber + " has caches of two line sizes");
    }
    this.bigEndian = bigEndian;
    this.l1i = l1i;
    this.l1d = l1d;
    this.cp0 = new Cp0(cpuNumber, bigEndian, l1i.geometry(), l1d.geometry());
    this.lineMask = l1i.geometry().lineBytes() - 1;
    modeChanged();
  }

  public Cp0 cp0() {
    return cp0;
  }

  public InstructionCache instructionCache() {
    return l1i;
  }

  public DataCache dataCache() {
    return l1d;
  }

  public boolean bigEndian() {
    return bigEndian;
  }

  // misses and exceptions

  final Outcome miss(AccessKind kind, long physical) {
    missKind = kind;
    missAddress = physical;
    return Outcome.MISSED;
  }

  /** After MISS: what the instruction at pc needs. */
  public AccessKind accessKind() {
    return missKind;
  }

  /** After MISS: the physical address it needs, somewhere in the line. */
  public long accessAddress() {
    return missAddress;
  }

  /**
   * After MISS with STORE: whether it is the store of an sc or scd whose link is whole. Such a store
   * wants the line only as long as the link lasts.
   */
  public boolean accessIsConditional() {
    return conditionalAccess;
  }

  @Override
  public Outcome raise(ExcCode code, int detail) {
    trapCode = code;
    trapDetail = detail;
    trapAddress = 0;
    return Outcome.TRAPPED;
  }

  private long raiseAt(long address, ExcCode forLoad, ExcCode forStore, AccessKind kind) {
    raise(kind == AccessKind.STORE ? forStore : forLoad);
    trapAddress = address;
    return NOT_SERVED;
  }

  final void modeChanged() {
    unmappedTag = cp0.kernelMode() ? UNMAPPED_TAG : Long.MIN_VALUE;
  }

  // memory. Uncached segments and cache attributes are treated as cached for now: memory behind the
  // caches is coherent, and devices are not reached by loads and stores yet.

  /** The physical address behind a virtual one, or NOT_SERVED after an exception. */
  final long servedAddress(long address, int bytes, AccessKind kind) {
    if ((address >> 29 | 1) == unmappedTag && (address & bytes - 1) == 0) {
      return address & 0x1FFF_FFFF;
    }
    return translate(address, bytes, kind);
  }

  /**
   * The rest of the address space. Kernel mode may go everywhere, user mode to xuseg only
   * (supervisor mode is treated as user mode). There is no TLB yet, so a mapped address is always a
   * refill. 64-bit addresses are allowed whatever KX, SX and UX say.
   */
  private long translate(long address, int bytes, AccessKind kind) {
    boolean kernel = cp0.kernelMode();
    long region = address >>> 62;
    long withinRegion = address & (1L << 62) - 1;
    boolean compatibility = address >> 31 == -1;
    boolean legal =
        switch ((int) region) {
          case 0 -> withinRegion < 1L << SEGMENT_BITS;
          case 1 -> kernel && withinRegion < 1L << SEGMENT_BITS;
          case 2 -> kernel && (address & (1L << 59) - 1) < 1L << PHYSICAL_BITS;
          default -> kernel && (compatibility || withinRegion < (1L << SEGMENT_BITS) - (1L << 31));
        };
    if ((address & bytes - 1) != 0 || !legal) {
      return raiseAt(address, ExcCode.AdEL, ExcCode.AdES, kind);
    }
    if (region == 2) {
      return address & (1L << 59) - 1;
    }
    return raiseAt(address, ExcCode.TLBL, ExcCode.TLBS, kind);
  }

  @Override
  public Outcome load(Instruction f, int bytes, boolean signed) {
    long physical = servedAddress(gpr[f.rs()] + f.imm(), bytes, AccessKind.LOAD);
    if (physical == NOT_SERVED) {
      return Outcome.TRAPPED;
    }
    int slot = l1d.find(physical);
    if (slot < 0 || !l1d.readable(slot)) {
      return miss(AccessKind.LOAD, physical);
    }
    l1d.touch(slot, physical);
    long value = l1d.read(slot, physical, bytes);
    int unused = 64 - 8 * bytes;
    return write(f.rt(), signed ? value << unused >> unused : value);
  }

  @Override
  public Outcome store(Instruction f, int bytes) {
    long physical = servedAddress(gpr[f.rs()] + f.imm(), bytes, AccessKind.STORE);
    if (physical == NOT_SERVED) {
      return Outcome.TRAPPED;
    }
    int slot = l1d.find(physical);
    if (slot < 0 || !l1d.writable(slot)) {
      return miss(AccessKind.STORE, physical);
    }
    l1d.touch(slot, physical);
    l1d.write(slot, physical, bytes, gpr[f.rt()]);
    return Outcome.RETIRED;
  }

  @Override
  public Outcome loadLinked(Instruction f, int bytes) {
    long address = gpr[f.rs()] + f.imm();
    Outcome outcome = load(f, bytes, true);
    if (outcome == Outcome.RETIRED) {
      linkedLine = l1d.geometry().lineAddress(servedAddress(address, bytes, AccessKind.LOAD));
    }
    return outcome;
  }

  /**
   * To another line than the ll's is UNPREDICTABLE: it fails. The link is gone afterwards in any
   * case.
   */
  @Override
  public Outcome storeConditional(Instruction f, int bytes) {
    long physical = servedAddress(gpr[f.rs()] + f.imm(), bytes, AccessKind.STORE);
    if (physical == NOT_SERVED) {
      return Outcome.TRAPPED;
    }
    boolean holds = linkedLine == l1d.geometry().lineAddress(physical);
    if (holds) {
      conditionalAccess = true;
      Outcome outcome = store(f, bytes);
      if (outcome != Outcome.RETIRED) {
        return outcome;
      }
      conditionalAccess = false;
    }
    linkedLine = NO_LINE;
    return writeFlag(f.rt(), holds);
  }

  /**
   * Another CPU has taken or is writing the line, or it was replaced: an ll of it no longer holds.
   */
  public void lineLost(long lineAddress) {
    if (linkedLine == lineAddress) {
      linkedLine = NO_LINE;
    }
  }

  public void breakLink() {
    linkedLine = NO_LINE;
  }

  // The unaligned pairs. An aligned unit (word or doubleword) seen as a number has, from the
  // address's byte to its most significant end or to its least, some bytes of interest. `outside`
  // is how many bits of the unit are not among them. Words come out sign-extended also where the
  // manual would let the upper half alone.

  private int outsideBits(long address, int bytes, boolean left) {
    int offset = (int) address & bytes - 1;
    return 8 * (left == bigEndian ? offset : bytes - 1 - offset);
  }

  private Outcome loadPart(Instruction f, int bytes, boolean left) {
    long address = gpr[f.rs()] + f.imm();
    long physical = servedAddress(address & -bytes, bytes, AccessKind.LOAD);
    if (physical == NOT_SERVED) {
      trapAddress = address;
      return Outcome.TRAPPED;
    }
    int slot = l1d.find(physical);
    if (slot < 0 || !l1d.readable(slot)) {
      return miss(AccessKind.LOAD, physical);
    }
    l1d.touch(slot, physical);
    int outside = outsideBits(address, bytes, left);
    long unit = l1d.read(slot, physical, bytes);
    long all = -1L >>> 64 - 8 * bytes;
    long moved = left ? unit << outside : unit >>> outside;
    long taken = left ? all << outside & all : all >>> outside;
    long value = gpr[f.rt()] & ~taken | moved & taken;
    return write(f.rt(), bytes == 4 ? (int) value : value);
  }

  private Outcome storePart(Instruction f, int bytes, boolean left) {
    long address = gpr[f.rs()] + f.imm();
    long physical = servedAddress(address & -bytes, bytes, AccessKind.STORE);
    if (physical == NOT_SERVED) {
      trapAddress = address;
      return Outcome.TRAPPED;
    }
    int slot = l1d.find(physical);
    if (slot < 0 || !l1d.writable(slot)) {
      return miss(AccessKind.STORE, physical);
    }
    l1d.touch(slot, physical);
    int outside = outsideBits(address, bytes, left);
    long unit = l1d.read(slot, physical, bytes);
    long all = -1L >>> 64 - 8 * bytes;
    long value = gpr[f.rt()] & all;
    long moved = left ? value >>> outside : value << outside;
    long given = left ? all >>> outside : all << outside & all;
    l1d.write(slot, physical, bytes, unit & ~given | moved & given);
    return Outcome.RETIRED;
  }

  @Override
  public Outcome loadLeft(Instruction f, int bytes) {
    return loadPart(f, bytes, LEFT);
  }

  @Override
  public Outcome loadRight(Instruction f, int bytes) {
    return loadPart(f, bytes, RIGHT);
  }

  @Override
  public Outcome storeLeft(Instruction f, int bytes) {
    return storePart(f, bytes, LEFT);
  }

  @Override
  public Outcome storeRight(Instruction f, int bytes) {
    return storePart(f, bytes, RIGHT);
  }

  // caches

  /**
   * Operations on the instruction cache invalidate; so does Index Store Tag, with which boot code
   * clears it. Fill is a hint. Those on the data cache and on caches that are not there do nothing:
   * L1D is coherent, and a fill of an instruction line asks the line's owner, so writing back early
   * can be seen by nobody. (Hit Invalidate D would throw data away for the sake of a device that
   * wrote memory behind the caches' back; no device does.)
   */
  @Override
  public Outcome cacheOperation(Instruction f) {
    if (!cp0.usable()) {
      return raise(ExcCode.CpU);
    }
    long address = gpr[f.rs()] + f.imm();
    switch (f.rt()) {
      case 0x00, 0x08 -> {
        int lines = (int) (address >>> Integer.numberOfTrailingZeros(lineMask + 1));
        int set = lines & l1i.geometry().sets() - 1;
        int way = Integer.remainderUnsigned(lines / l1i.geometry().sets(), l1i.geometry().ways());
        l1i.invalidateSlot(set * l1i.geometry().ways() + way);
        return Outcome.REFETCH;
      }
      case 0x10 -> {
        return synchronizeCaches(f);
      }
      default -> {
        return Outcome.RETIRED;
      }
    }
  }

  @Override
  public Outcome synchronizeCaches(Instruction f) {
    long physical = servedAddress(gpr[f.rs()] + f.imm(), 1, AccessKind.LOAD);
    if (physical == NOT_SERVED) {
      return Outcome.TRAPPED;
    }
    l1i.invalidateLine(physical);
    return Outcome.REFETCH;
  }
}
