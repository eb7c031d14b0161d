package stillpoint.machine.cpu;

import stillpoint.machine.coherence.AccessKind;
import stillpoint.machine.isa.Decoder;
import stillpoint.machine.isa.ExcCode;
import stillpoint.machine.isa.Instruction;
import stillpoint.machine.isa.Outcome;
import stillpoint.machine.isa.Processor;
import stillpoint.machine.l1.DataCache;
import stillpoint.machine.l1.InstructionCache;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.StateHash;

/**
 * One MIPS64 processor core, in order, one cycle an instruction, that fetches, loads and stores through its own two
 * caches and knows nothing behind them. Mutable, owned by one CPU.
 *
 * <p>The idea: an instruction happens wholly or not at all. What the caches cannot serve stops {@link #run} before the
 * instruction has changed anything; the owner has the line brought and calls {@code run} again, which executes the
 * instruction anew, in its delay slot if it was in one. So a run with misses ends in the state of a run without.
 *
 * <p>The speed: words are decoded once for each fill of their line, and the loop walks the decoded line. Anything but an
 * ordinary retirement leaves the inner loop.
 */
public final class Core extends Processor {
  /** Bits of a physical address. */
  static final int PHYSICAL_BITS = 48;

  /** Bits of a virtual address within its region. */
  static final int SEGMENT_BITS = 40;

  private static final boolean LEFT = true;
  private static final boolean RIGHT = false;
  private static final long NO_LINE = -1;
  private static final long NOT_SERVED = -1;

  /** Bits 63-30 of ckseg0 and ckseg1, bit 29 (which of the two) set to 1. */
  private static final long UNMAPPED_TAG = 0xFFFF_FFFF_A000_0000L >> 29;

  private final boolean bigEndian;
  private final InstructionCache l1i;
  private final DataCache l1d;
  private final CodeWatch watch;
  private final Cp0 cp0;
  private final int lineMask;

  /** Address of the instruction that executes now or next. */
  private long pc;

  /** Whether the instruction at pc is in a delay slot, and then, where its branch goes. */
  private boolean inDelaySlot;

  private long delayedTarget;
  private long cycle;
  private long retired;

  /** Line that the last ll or lld read, or NO_LINE. */
  private long linkedLine = NO_LINE;

  /** Whether the access that stopped the core is that of a store conditional. */
  private boolean conditionalAccess;

  /** UNMAPPED_TAG, or in user mode, which may not go there, a tag that no address has. */
  private long unmappedTag;

  private AccessKind missKind;
  private long missAddress;
  private ExcCode trapCode;
  private int trapDetail;
  private long trapAddress;

  /** {@code watch}: null for none. */
  public Core(
      int cpuNumber, boolean bigEndian, InstructionCache l1i, DataCache l1d, CodeWatch watch) {
    if (l1i.geometry().lineBytes() != l1d.geometry().lineBytes()) {
      throw new BrokenInvariant("cpu" + cpuNumber + " has caches of two line sizes");
    }
    this.bigEndian = bigEndian;
    this.l1i = l1i;
    this.l1d = l1d;
    this.watch = watch == null ? CodeWatch.NONE : watch;
    this.cp0 = new Cp0(cpuNumber, bigEndian, l1i.geometry(), l1d.geometry());
    this.lineMask = l1i.geometry().lineBytes() - 1;
    modeChanged();
  }

  // execution

  /**
   * Executes instructions, one a cycle, from {@code fromCycle} until {@link #cycle} is {@code untilCycle} or something
   * stops it. Whatever stopped it last has been dealt with, or is met again.
   */
  public Stop run(long fromCycle, long untilCycle) {
    cycle = fromCycle;
    conditionalAccess = false;
    Stop stop = null;
    while (stop == null) {
      stop = cycle < untilCycle ? runLine(untilCycle) : Stop.REACHED;
    }
    retired += cycle - fromCycle;
    return stop;
  }

  /** Executes from pc to the end of its line, to a branch and its delay slot, or to a stop, which it returns. */
  private Stop runLine(long untilCycle) {
    int slot = fetch();
    if (slot < 0) {
      return missKind != null ? Stop.MISS : Stop.TRAPPED;
    }
    Instruction[] line = l1i.decoded(slot);
    int index = ((int) pc & lineMask) >> 2;
    long budget = untilCycle - cycle;
    int end = line.length - index <= budget ? line.length : index + (int) budget;
    int stop = inDelaySlot ? index + 1 : end;
    long at = pc;
    long now = cycle;
    Outcome outcome;
    do {
      Instruction instruction = line[index];
      if (instruction == null) {
        instruction = decode(slot, index);
      }
      pc = at;
      cycle = now;
      outcome = instruction.execute(this);
      if (outcome != Outcome.RETIRED) {
        break;
      }
      at += 4;
      now++;
      index++;
    } while (index < stop);
    if (outcome == Outcome.RETIRED) {
      cycle = now;
      pc = inDelaySlot ? delayedTarget : at;
      inDelaySlot = false;
      return null;
    }
    if (outcome == Outcome.BRANCHED && !inDelaySlot) {
      cycle = now + 1;
      pc = at + 4;
      inDelaySlot = true;
      delayedTarget = branchTarget;
      index++;
      if (index >= end || line[index] == null) {
        return null;
      }
      outcome = line[index].execute(this);
      if (outcome == Outcome.RETIRED) {
        cycle = now + 2;
        pc = delayedTarget;
        inDelaySlot = false;
        return null;
      }
    }
    return leave(outcome);
  }

  /** Goes on after the instruction at pc, which did not simply retire; returns the stop if it is one. */
  private Stop leave(Outcome outcome) {
    switch (outcome) {
      case MISSED -> {
        return Stop.MISS;
      }
      case TRAPPED -> {
        return Stop.TRAPPED;
      }
      case BRANCHED -> {
        // in a delay slot this is UNPREDICTABLE: the branch takes over after one instruction at the
        // first one's target
        pc = inDelaySlot ? delayedTarget : pc + 4;
        delayedTarget = branchTarget;
        inDelaySlot = true;
      }
      case ANNULLED -> {
        advance();
        advance();
      }
      case RETURNED -> {
        pc = branchTarget;
        inDelaySlot = false;
      }
      case RETIRED, REFETCH, CHECK_INTERRUPTS, WAITING -> advance();
    }
    cycle++;
    return switch (outcome) {
      case RETURNED, CHECK_INTERRUPTS -> Stop.CHECK_INTERRUPTS;
      case WAITING -> Stop.WAITING;
      case RETIRED, REFETCH, BRANCHED, ANNULLED, MISSED, TRAPPED -> null;
    };
  }

  private void advance() {
    pc = inDelaySlot ? delayedTarget : pc + 4;
    inDelaySlot = false;
  }

  /** Slot of the instruction line at pc, or -1 after a miss or an exception. */
  private int fetch() {
    long physical = servedAddress(pc, 4, AccessKind.FETCH);
    missKind = null;
    if (physical == NOT_SERVED) {
      return InstructionCache.ABSENT;
    }
    int slot = l1i.find(physical);
    if (slot < 0) {
      miss(AccessKind.FETCH, physical);
    }
    return slot;
  }

  private Instruction decode(int slot, int index) {
    long physical = servedAddress(pc & ~(long) lineMask, 4, AccessKind.FETCH) + 4L * index;
    int word = l1i.words(slot)[index];
    Instruction plain = Decoder.decode(word);
    Instruction decoded =
        watch.watches(physical)
            ? new Instruction(plain.row(), (_, _) -> executeWatched(plain, physical), word)
            : plain;
    l1i.decoded(slot)[index] = decoded;
    return decoded;
  }

  private Outcome executeWatched(Instruction instruction, long physical) {
    Outcome outcome = instruction.execute(this);
    if (outcome.retires()) {
      watch.executed(physical, instruction.word(), cycle, pc);
    }
    return outcome;
  }

  private Outcome miss(AccessKind kind, long physical) {
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
   * Whether it is the store of an sc or scd whose link is whole. Such a store wants the line only as long as the link
   * lasts.
   */
  public boolean accessIsConditional() {
    return conditionalAccess;
  }

  // exceptions

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

  /** After TRAPPED: what was raised. Nothing else has changed. */
  public Trap trap() {
    return new Trap(trapCode, trapDetail, trapAddress, inDelaySlot, inDelaySlot ? pc - 4 : pc);
  }

  /**
   * Goes on after the instruction that trapped, as if it had retired: the owner has done its work for it. Takes one cycle
   * and counts as retired. In a delay slot it goes on where the branch goes.
   */
  public void skipInstruction() {
    advance();
    cycle++;
    retired++;
  }

  /** Takes an exception as the hardware does: EPC, Cause and Status are set, and the handler is next. */
  public void deliverException(Trap trap) {
    setPc(cp0.enterException(trap));
    modeChanged();
    breakLink();
  }

  /** Takes an interrupt between two instructions; the caller knows that it is pending, unmasked and enabled. */
  public void deliverInterrupt() {
    deliverException(new Trap(ExcCode.Int, 0, 0, inDelaySlot, inDelaySlot ? pc - 4 : pc));
  }

  private void modeChanged() {
    unmappedTag = cp0.kernelMode() ? UNMAPPED_TAG : Long.MIN_VALUE;
  }

  // memory. Uncached segments and cache attributes are treated as cached for now: memory behind the
  // caches is coherent, and
  // devices are not reached by loads and stores yet.

  /** The physical address behind a virtual one, or NOT_SERVED after an exception. */
  private long servedAddress(long address, int bytes, AccessKind kind) {
    if ((address >> 29 | 1) == unmappedTag && (address & bytes - 1) == 0) {
      return address & 0x1FFF_FFFF;
    }
    return translate(address, bytes, kind);
  }

  /**
   * The rest of the address space. Kernel mode may go everywhere, user mode to xuseg only (supervisor mode is treated as
   * user mode). There is no TLB yet, so a mapped address is always a refill. 64-bit addresses are allowed whatever KX, SX
   * and UX say.
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

  /** To another line than the ll's is UNPREDICTABLE: it fails. The link is gone afterwards in any case. */
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

  /** Another CPU has taken or is writing the line, or it was replaced: an ll of it no longer holds. */
  public void lineLost(long lineAddress) {
    if (linkedLine == lineAddress) {
      linkedLine = NO_LINE;
    }
  }

  public void breakLink() {
    linkedLine = NO_LINE;
  }

  // The unaligned pairs. An aligned unit (word or doubleword) seen as a number has, from the
  // address's byte to its most
  // significant end or to its least, some bytes of interest. `outside` is how many bits of the unit
  // are not among them.
  // Words come out sign-extended also where the manual would let the upper half alone.

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
   * Operations on the instruction cache invalidate; so does Index Store Tag, with which boot code clears it. Fill is a
   * hint. Those on the data cache and on caches that are not there do nothing: L1D is coherent, and a fill of an
   * instruction line asks the line's owner, so writing back early can be seen by nobody. (Hit Invalidate D would throw
   * data away for the sake of a device that wrote memory behind the caches' back; no device does.)
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

  // coprocessor 0

  @Override
  public Outcome moveFromCp0(Instruction f, boolean doubleword) {
    if (!cp0.usable()) {
      return raise(ExcCode.CpU);
    }
    long value = cp0.read(f.rd(), f.sel(), cycle);
    return write(f.rt(), doubleword ? value : (int) value);
  }

  /** Every write stops the run, since Status, Cause, Count and Compare decide about interrupts. */
  @Override
  public Outcome moveToCp0(Instruction f, boolean doubleword) {
    if (!cp0.usable()) {
      return raise(ExcCode.CpU);
    }
    cp0.write(f.rd(), f.sel(), doubleword ? gpr[f.rt()] : (int) gpr[f.rt()], cycle);
    modeChanged();
    return Outcome.CHECK_INTERRUPTS;
  }

  @Override
  public Outcome setInterruptEnable(Instruction f, boolean enable) {
    if (!cp0.usable()) {
      return raise(ExcCode.CpU);
    }
    int status = cp0.status();
    write(f.rt(), status);
    cp0.setStatus(enable ? status | Cp0.STATUS_IE : status & ~Cp0.STATUS_IE);
    return Outcome.CHECK_INTERRUPTS;
  }

  @Override
  public Outcome exceptionReturn() {
    if (!cp0.usable()) {
      return raise(ExcCode.CpU);
    }
    branchTarget = cp0.leaveException();
    modeChanged();
    breakLink();
    return Outcome.RETURNED;
  }

  @Override
  public Outcome waitForInterrupt() {
    return cp0.usable() ? Outcome.WAITING : raise(ExcCode.CpU);
  }

  @Override
  public Outcome readHardwareRegister(Instruction f) {
    if (!cp0.hardwareRegisterUsable(f.rd())) {
      return raise(ExcCode.RI);
    }
    return switch (f.rd()) {
      case 0 -> write(f.rt(), cp0.cpuNumber());
      case 1 -> write(f.rt(), lineMask + 1);
      case 2 -> write(f.rt(), cp0.count(cycle));
      case 3 -> write(f.rt(), Cp0.CYCLES_PER_COUNT);
      case 29 -> write(f.rt(), cp0.userLocal());
      default -> raise(ExcCode.RI);
    };
  }

  // the owner's view

  @Override
  public long pc() {
    return pc;
  }

  /** Goes on at {@code address}, out of any delay slot. */
  public void setPc(long address) {
    pc = address;
    inDelaySlot = false;
  }

  public boolean inDelaySlot() {
    return inDelaySlot;
  }

  public void setGpr(int register, long value) {
    write(register, value);
  }

  /** Cycle of the next instruction. */
  public long cycle() {
    return cycle;
  }

  /** Instructions retired since construction. */
  public long retired() {
    return retired;
  }

  public Cp0 cp0() {
    return cp0;
  }

  /** Sets all of Status; the mode follows. */
  public void setStatus(int value) {
    cp0.setStatus(value);
    modeChanged();
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

  /**
   * Architectural state and the count of retired instructions. Not the caches, which their owner folds, and not the cycle,
   * which depends on how far the owner last let it run.
   */
  public void foldState(StateHash hash) {
    hash.fold(gpr).fold(hi).fold(lo).fold(pc).fold(inDelaySlot);
    hash.fold(inDelaySlot ? delayedTarget : 0).fold(linkedLine).fold(retired);
    cp0.foldState(hash);
  }
}
