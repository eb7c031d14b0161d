package stillpoint.machine.cpu;

import stillpoint.machine.coherence.AccessKind;
import stillpoint.machine.coherence.DataCacheOperation;
import stillpoint.machine.isa.ExcCode;
import stillpoint.machine.isa.Instruction;
import stillpoint.machine.isa.Outcome;
import stillpoint.machine.isa.Processor;
import stillpoint.machine.l1.DataCache;
import stillpoint.machine.l1.InstructionCache;
import stillpoint.machine.l1.StoreBuffer;
import stillpoint.machine.time.BrokenInvariant;

/**
 * The part of a core that turns addresses into accesses: translation, loads and stores through the
 * data cache, the link of ll and sc, cache operations. It records what a miss needs and what an
 * exception says; {@link Core} acts on both.
 */
abstract sealed class LoadStoreUnit extends Processor permits Interpreter {
  private static final boolean LEFT = true;
  private static final boolean RIGHT = false;
  static final long NO_LINE = -1;
  static final long NOT_SERVED = Mmu.FAILED;

  /** Bits 63-29 of ckseg0 and ckseg1. */
  private static final long CKSEG0_TAG = 0xFFFF_FFFF_8000_0000L >> 29;

  private static final long CKSEG1_TAG = 0xFFFF_FFFF_A000_0000L >> 29;
  private static final long NO_TAG = Long.MIN_VALUE;

  final boolean bigEndian;
  final InstructionCache l1i;
  final DataCache l1d;
  final Cp0 cp0;
  final Mmu mmu;
  final int lineMask;

  /** Line that the last ll or lld read, or NO_LINE. */
  long linkedLine = NO_LINE;

  /** Whether the access that stopped the core is that of a store conditional. */
  boolean conditionalAccess;

  /**
   * The window of 512 MiB that most accesses go to, translated in one comparison: ckseg0 in kernel
   * mode, and ckseg1 with it where everything is cached. NO_TAG otherwise.
   */
  private long windowTag;

  private final long windowMask;

  /** Whether uncached accesses and cache operations reach memory behind all caches. */
  private final boolean pastCaches;

  /** Whether 64-bit operations are enabled. */
  boolean wide;

  AccessKind missKind;
  long missAddress;
  ExcCode trapCode;
  int trapDetail;
  long trapAddress;

  int accessBytes;
  long accessValue;
  private DataCacheOperation operation;
  private int operationSlot;

  /**
   * Stores that are not in the cache yet, or null: then each store is done in the cache at once. If
   * there is one, the cache has no shortcuts, so that all accesses come where it is looked at. The
   * owner's, in whose snapshot it is.
   */
  transient StoreBuffer buffer;

  /** The owner has done the uncached access that stopped the core. */
  boolean answered;

  long answer;

  LoadStoreUnit(CoreConfig config, InstructionCache l1i, DataCache l1d) {
    if (l1i.geometry().lineBytes() != l1d.geometry().lineBytes()) {
      throw new BrokenInvariant("cpu" + config.cpuNumber() + " has caches of two line sizes");
    }
    this.bigEndian = config.bigEndian();
    this.l1i = l1i;
    this.l1d = l1d;
    this.cp0 = new Cp0(config, l1i.geometry(), l1d.geometry());
    this.mmu = new Mmu(config, cp0);
    this.lineMask = l1i.geometry().lineBytes() - 1;
    this.windowMask = config.everythingCached() ? 1 : 0;
    this.pastCaches = config.uncached() == CoreConfig.Uncached.PAST_ALL_CACHES;
    modeChanged();
  }

  public Cp0 cp0() {
    return cp0;
  }

  public Tlb tlb() {
    return mmu.tlb;
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

  private Outcome past(AccessKind kind, long physical, int bytes, long value) {
    missKind = kind;
    missAddress = physical;
    accessBytes = bytes;
    accessValue = value;
    return Outcome.UNCACHED;
  }

  /** After MISS and UNCACHED: what the instruction at pc needs. */
  public AccessKind accessKind() {
    return missKind;
  }

  /**
   * After MISS: the physical address it needs, somewhere in the line. After UNCACHED: the lowest
   * address of the access.
   */
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

  /** After UNCACHED: 1 .. 8 bytes; of stores of parts of words not always a power of two. */
  public int accessBytes() {
    return accessBytes;
  }

  /** After UNCACHED with STORE: the bytes as one number in the core's byte order. */
  public long accessValue() {
    return accessValue;
  }

  /** After MISS with CACHE_OPERATION: what is to be done with a line of the data cache. */
  public DataCacheOperation accessOperation() {
    return operation;
  }

  /**
   * After MISS with CACHE_OPERATION: the slot whose line is meant, or {@link DataCache#ABSENT} if it
   * is the line of {@link #accessAddress}.
   */
  public int accessSlot() {
    return operationSlot;
  }

  /**
   * The uncached access, or the cache operation, is done; the next run executes its instruction with
   * this answer.
   *
   * @param value the bytes as one number in the core's byte order; of stores and operations nothing
   */
  public void completeUncached(long value) {
    answered = true;
    answer = value;
  }

  @Override
  public Outcome raise(ExcCode code, int detail) {
    trapCode = code;
    trapDetail = detail;
    trapAddress = 0;
    return Outcome.TRAPPED;
  }

  /** Status, Config or a watch register has changed. */
  final void modeChanged() {
    mmu.statusChanged();
    wide = cp0.wideOperations();
    boolean uncached = windowMask == 0 && cp0.kseg0Attribute() == 2;
    windowTag =
        !cp0.kernelMode() || uncached || mmu.watching()
            ? NO_TAG
            : windowMask == 0 ? CKSEG0_TAG : CKSEG1_TAG;
  }

  // memory

  /**
   * The physical address behind a virtual one, perhaps with {@link Mmu#UNCACHED}, or NOT_SERVED
   * after an exception. No cache finds a line for the latter two.
   */
  final long servedAddress(long address, int bytes, AccessKind kind) {
    if ((address >> 29 | windowMask) == windowTag && (address & bytes - 1) == 0) {
      return address & 0x1FFF_FFFF;
    }
    long physical = mmu.translate(address, bytes, kind);
    if (physical == NOT_SERVED) {
      raise(mmu.failure(), mmu.failureDetail());
      trapAddress = mmu.failureAddress();
    }
    return physical;
  }

  /** Whether two addresses are fetched from places as far from each other as they are. */
  final boolean fetchedAlike(long one, long other) {
    boolean inWindow =
        (one >> 29 | windowMask) == windowTag && (other >> 29 | windowMask) == windowTag;
    return inWindow || ((one ^ other) & Mmu.PAGE) == 0;
  }

  /** Slot of the instruction cache that an address is fetched from, or negative if none. */
  final int slotFetchedFrom(long address) {
    return l1i.find(servedAddress(address, 4, AccessKind.FETCH));
  }

  /** Where the data of a load is, if the most recent line of its set has it; else negative. */
  final int placeToLoad(Instruction f, int bytes) {
    return l1d.readableAt(servedAddress(gpr[f.rs()] + f.imm(), bytes, AccessKind.LOAD));
  }

  final Outcome loadAt(int place, Instruction f, int bytes, boolean signed) {
    return write(f.rt(), signed ? l1d.signedAt(place, bytes) : l1d.valueAt(place, bytes));
  }

  /** Where the data of a store goes, if the most recent line of its set takes it; else negative. */
  final int placeToStore(Instruction f, int bytes) {
    return l1d.writableAt(servedAddress(gpr[f.rs()] + f.imm(), bytes, AccessKind.STORE));
  }

  final Outcome storeAt(int place, Instruction f, int bytes) {
    l1d.storeAt(place, bytes, gpr[f.rt()]);
    return Outcome.RETIRED;
  }

  @Override
  public Outcome load(Instruction f, int bytes, boolean signed) {
    int place = placeToLoad(f, bytes);
    return place < 0 ? loadElsewhere(f, bytes, signed) : loadAt(place, f, bytes, signed);
  }

  private Outcome writeLoaded(Instruction f, long value, int bytes, boolean signed) {
    int unused = 64 - 8 * bytes;
    return write(f.rt(), signed ? value << unused >> unused : value);
  }

  /** A load that the most recent lines cannot serve. */
  private Outcome loadElsewhere(Instruction f, int bytes, boolean signed) {
    long physical = servedAddress(gpr[f.rs()] + f.imm(), bytes, AccessKind.LOAD);
    if (buffer != null && buffer.holdsSome(physical, bytes)) {
      Outcome outcome = loadSeen(physical, bytes);
      return outcome == Outcome.RETIRED ? writeLoaded(f, answer, bytes, signed) : outcome;
    }
    int place = l1d.touchedAt(physical, false);
    if (place >= 0) {
      return loadAt(place, f, bytes, signed);
    }
    Outcome outcome = reach(AccessKind.LOAD, physical, bytes, 0);
    return outcome == Outcome.RETIRED ? writeLoaded(f, answer, bytes, signed) : outcome;
  }

  /** A load of bytes some of which are in the buffer; each byte is the newest. */
  private Outcome loadSeen(long physical, int bytes) {
    long cached = 0;
    if (!buffer.holdsAll(physical, bytes)) {
      int slot = l1d.find(physical);
      if (slot < 0 || !l1d.readable(slot)) {
        return reach(AccessKind.LOAD, physical, bytes, 0);
      }
      cached = l1d.read(slot, physical & -StoreBuffer.DOUBLEWORD, StoreBuffer.DOUBLEWORD);
    }
    answer = buffer.seen(physical, bytes, cached);
    return Outcome.RETIRED;
  }

  /** Whether an access goes past the cache and so past the buffer. */
  private boolean isUnbuffered(long physical) {
    return (physical & Mmu.UNCACHED) != 0 || !buffer.takes(lineOf(physical), lineMask + 1);
  }

  /**
   * Puts a store into the buffer, or reaches for what is none of its business. Stops the run, so
   * that the owner sees from when on it waits.
   */
  private Outcome storeBuffered(long physical, int bytes, long value) {
    if (physical == NOT_SERVED || isUnbuffered(physical)) {
      return reach(AccessKind.STORE, physical, bytes, value);
    }
    while (buffer.isFull()) {
      if (!drainOldest()) {
        return Outcome.MISSED;
      }
    }
    buffer.add(physical, bytes, value);
    return Outcome.CHECK_INTERRUPTS;
  }

  /** Moves the oldest store into the cache; if that cannot be written now, this is a miss. */
  private boolean drainOldest() {
    long word = buffer.wordAt(0);
    int slot = l1d.find(word);
    if (slot < 0 || !l1d.writable(slot)) {
      miss(AccessKind.STORE, word);
      return false;
    }
    buffer.drain(0, l1d, slot);
    return true;
  }

  /** Whether all earlier stores are in the cache now; if not, this is a miss. */
  private boolean drained() {
    while (buffer != null && !buffer.isEmpty()) {
      if (!drainOldest()) {
        return false;
      }
    }
    return true;
  }

  @Override
  public Outcome synchronizeMemory() {
    return drained() ? Outcome.RETIRED : Outcome.MISSED;
  }

  /**
   * Makes an access that the cache cannot serve. (An owner may answer a miss too, as if it were
   * uncached: a device in a cached segment.) RETIRED: it is done past the caches, or, for its
   * line is in this cache after all, in it; what was loaded is the answer. (To reach memory both
   * ways is UNPREDICTABLE; the only core of a machine sees its own cached stores, one of several
   * does not.)
   */
  final Outcome reach(AccessKind kind, long physical, int bytes, long value) {
    if (physical == NOT_SERVED) {
      return Outcome.TRAPPED;
    }
    if (buffer != null && kind != AccessKind.FETCH && isUnbuffered(physical) && !drained()) {
      return Outcome.MISSED;
    }
    if ((physical & Mmu.UNCACHED) == 0 && !answered) {
      accessBytes = bytes;
      accessValue = value;
      return miss(kind, physical);
    }
    long address = physical & ~Mmu.UNCACHED;
    int slot = l1d.find(pastCaches ? physical : address);
    boolean here =
        slot >= 0 && (kind == AccessKind.STORE ? l1d.writable(slot) : l1d.readable(slot));
    if (here) {
      moveBytes(kind, slot, address, bytes, value);
    } else if (!answered) {
      return past(kind, address, bytes, value);
    }
    answered = false;
    return Outcome.RETIRED;
  }

  /** Any number of bytes within an aligned doubleword. */
  private void moveBytes(AccessKind kind, int slot, long address, int bytes, long value) {
    if (kind != AccessKind.STORE) {
      answer = l1d.read(slot, address, bytes);
      return;
    }
    for (int i = 0; i < bytes; i++) {
      int shift = 8 * (bigEndian ? bytes - 1 - i : i);
      l1d.write(slot, address + i, 1, value >>> shift);
    }
  }

  @Override
  public Outcome store(Instruction f, int bytes) {
    int place = placeToStore(f, bytes);
    return place < 0 ? storeElsewhere(f, bytes) : storeAt(place, f, bytes);
  }

  private Outcome storeElsewhere(Instruction f, int bytes) {
    long physical = servedAddress(gpr[f.rs()] + f.imm(), bytes, AccessKind.STORE);
    if (buffer != null && !conditionalAccess) {
      return storeBuffered(physical, bytes, gpr[f.rt()]);
    }
    int place = l1d.touchedAt(physical, true);
    return place < 0
        ? reach(AccessKind.STORE, physical, bytes, gpr[f.rt()] & -1L >>> 64 - 8 * bytes)
        : storeAt(place, f, bytes);
  }

  @Override
  public Outcome loadLinked(Instruction f, int bytes) {
    if (!drained()) {
      return Outcome.MISSED;
    }
    long address = gpr[f.rs()] + f.imm();
    Outcome outcome = load(f, bytes, true);
    if (outcome == Outcome.RETIRED) {
      long physical = servedAddress(address, bytes, AccessKind.LOAD);
      linkedLine = unlinkable(physical) ? NO_LINE : lineOf(physical);
      cp0.linked(physical & ~Mmu.UNCACHED);
    }
    return outcome;
  }

  /** Past the caches nobody would hear of another's store: there are no links there. */
  private boolean unlinkable(long physical) {
    return pastCaches && (physical & Mmu.UNCACHED) != 0;
  }

  private long lineOf(long physical) {
    return l1d.geometry().lineAddress(physical & ~Mmu.UNCACHED);
  }

  /**
   * To another line than the ll's, or past all caches, is UNPREDICTABLE: it fails. The link is gone
   * afterwards in any case.
   */
  @Override
  public Outcome storeConditional(Instruction f, int bytes) {
    long physical = servedAddress(gpr[f.rs()] + f.imm(), bytes, AccessKind.STORE);
    if (physical == NOT_SERVED) {
      return Outcome.TRAPPED;
    }
    boolean holds = linkedLine == lineOf(physical) && !unlinkable(physical);
    if (holds && !drained()) {
      return Outcome.MISSED;
    }
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

  /** The address that an exception names is the program's, not the unit's. */
  private Outcome ofPart(Outcome outcome, long address, int bytes) {
    boolean named = trapCode != ExcCode.Watch && trapCode != ExcCode.MCheck;
    if (outcome == Outcome.TRAPPED && named) {
      trapAddress |= address & bytes - 1;
    }
    return outcome;
  }

  private Outcome loadPart(Instruction f, int bytes, boolean left) {
    long address = gpr[f.rs()] + f.imm();
    long physical = servedAddress(address & -bytes, bytes, AccessKind.LOAD);
    int slot = l1d.find(physical);
    long unit;
    if (buffer != null && buffer.holdsSome(physical, bytes)) {
      Outcome outcome = loadSeen(physical, bytes);
      if (outcome != Outcome.RETIRED) {
        return ofPart(outcome, address, bytes);
      }
      unit = answer;
    } else if (slot < 0 || !l1d.readable(slot)) {
      Outcome outcome = reach(AccessKind.LOAD, physical, bytes, 0);
      if (outcome != Outcome.RETIRED) {
        return ofPart(outcome, address, bytes);
      }
      unit = answer;
    } else {
      l1d.touch(slot, physical);
      unit = l1d.read(slot, physical, bytes);
    }
    int outside = outsideBits(address, bytes, left);
    long all = -1L >>> 64 - 8 * bytes;
    long moved = left ? unit << outside : unit >>> outside;
    long taken = left ? all << outside & all : all >>> outside;
    long value = gpr[f.rt()] & ~taken | moved & taken;
    return write(f.rt(), bytes == 4 ? (int) value : value);
  }

  private Outcome storePart(Instruction f, int bytes, boolean left) {
    long address = gpr[f.rs()] + f.imm();
    long physical = servedAddress(address & -bytes, bytes, AccessKind.STORE);
    int slot = l1d.find(physical);
    int outside = outsideBits(address, bytes, left);
    long all = -1L >>> 64 - 8 * bytes;
    long value = gpr[f.rt()] & all;
    if (buffer != null || slot < 0 || !l1d.writable(slot)) {
      long lowest = physical | (left == bigEndian ? address & bytes - 1 : 0);
      long part = left ? value >>> outside : value & all >>> outside;
      if (buffer != null) {
        return ofPart(storeBuffered(lowest, bytes - outside / 8, part), address, bytes);
      }
      return ofPart(reach(AccessKind.STORE, lowest, bytes - outside / 8, part), address, bytes);
    }
    l1d.touch(slot, physical);
    long unit = l1d.read(slot, physical, bytes);
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
   * clears it. Fill is a hint. Those on caches that are not there do nothing but translate. So do
   * those on the data cache of a machine's only core: it is coherent, a fill of an instruction line
   * asks the line's owner, and the core's uncached accesses see its own cache, so that writing back
   * early can be seen by nobody. (Hit Invalidate D would throw data away for the sake of a device
   * that wrote memory behind the caches' back; no device does.) Of one of several they are done by
   * the owner.
   */
  @Override
  public Outcome cacheOperation(Instruction f) {
    if (!cp0.usable()) {
      return raise(ExcCode.CpU);
    }
    if (!drained()) {
      return Outcome.MISSED;
    }
    long address = gpr[f.rs()] + f.imm();
    switch (f.rt()) {
      case 0x00, 0x08 -> {
        l1i.invalidateSlot(CacheTags.slotOf(address, l1i.geometry()));
        return Outcome.REFETCH;
      }
      case 0x10 -> {
        return synchronizeCaches(f);
      }
      default -> {
        boolean data = pastCaches && (f.rt() & 3) == 1;
        boolean byAddress = f.rt() >= 0x10 && (f.rt() & 3) < 2;
        long physical = byAddress ? servedAddress(address, 1, AccessKind.LOAD) : 0;
        if (physical == NOT_SERVED) {
          return Outcome.TRAPPED;
        }
        return data ? dataCacheOperation(f.rt(), address, physical) : Outcome.RETIRED;
      }
    }
  }

  /**
   * An operation on the data cache that reaches the homes: stops until the owner has done it. Fetch
   * and Lock, and what else {@link DataCacheOperation} does not know, does nothing. A tag that is
   * stored takes the line away without writeback; one whose state is a valid one would make a line
   * that its home does not know of, and is not stored.
   */
  private Outcome dataCacheOperation(int op, long address, long physical) {
    boolean byIndex = op < 0x10;
    int slot = byIndex ? CacheTags.slotOf(address, l1d.geometry()) : DataCache.ABSENT;
    if (op == CacheTags.INDEX_LOAD_TAG_D) {
      cp0.put(Cp0Register.TAG_LO, CacheTags.tagLo(l1d, slot));
      cp0.put(Cp0Register.TAG_HI, 0);
      return Outcome.RETIRED;
    }
    boolean clears =
        op == CacheTags.INDEX_STORE_TAG_D && CacheTags.isInvalid(cp0.get(Cp0Register.TAG_LO));
    operation = clears ? DataCacheOperation.INVALIDATE : DataCacheOperation.of(op).orElse(null);
    if (operation == null || answered) {
      answered = false;
      return Outcome.RETIRED;
    }
    operationSlot = slot;
    return miss(AccessKind.CACHE_OPERATION, physical & ~Mmu.UNCACHED);
  }

  @Override
  public Outcome synchronizeCaches(Instruction f) {
    if (!drained()) {
      return Outcome.MISSED;
    }
    long physical = servedAddress(gpr[f.rs()] + f.imm(), 1, AccessKind.LOAD);
    if (physical == NOT_SERVED) {
      return Outcome.TRAPPED;
    }
    l1i.invalidateLine(physical & ~Mmu.UNCACHED);
    return Outcome.REFETCH;
  }
}
