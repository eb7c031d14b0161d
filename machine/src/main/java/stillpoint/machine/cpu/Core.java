package stillpoint.machine.cpu;

import stillpoint.machine.coherence.AccessKind;
import stillpoint.machine.isa.ExcCode;
import stillpoint.machine.isa.Instruction;
import stillpoint.machine.isa.Outcome;
import stillpoint.machine.l1.DataCache;
import stillpoint.machine.l1.InstructionCache;
import stillpoint.machine.l1.StoreBuffer;
import stillpoint.machine.time.StateHash;

/**
 * One MIPS64 processor core, in order, one cycle an instruction, that fetches, loads and stores
 * through its own two caches and knows nothing behind them. Mutable, owned by one CPU.
 *
 * <p>The idea: an instruction happens wholly or not at all. What the caches cannot serve stops
 * {@link #run} before the instruction has changed anything; the owner has the line brought and
 * calls {@code run} again, which executes the instruction anew, in its delay slot if it was in one.
 * So a run with misses ends in the state of a run without.
 *
 * <p>The speed: words are decoded once for each fill of their line, and the loop walks the decoded
 * line. Anything but an ordinary retirement leaves the inner loop.
 */
public final class Core extends Interpreter {
  private final CoreConfig config;

  /** Of a bare machine. */
  private transient Cp0Hook hook;

  private long retired;

  /** A core of the modelled kernel's machine. {@code watch}: null for none. */
  public Core(
      int cpuNumber, boolean bigEndian, InstructionCache l1i, DataCache l1d, CodeWatch watch) {
    this(CoreConfig.modelled(cpuNumber, bigEndian), l1i, l1d, watch);
  }

  /** {@code watch}: null for none. A bare core is as after {@link #reset}. */
  public Core(CoreConfig config, InstructionCache l1i, DataCache l1d, CodeWatch watch) {
    super(config, l1i, l1d, watch);
    this.config = config;
    if (!config.everythingCached()) {
      reset();
    }
  }

  // execution

  /**
   * Executes instructions, one a cycle, from {@code fromCycle} until {@link #cycle} is {@code
   * untilCycle} or something stops it. Whatever stopped it last has been dealt with, or is met
   * again.
   */
  public Stop run(long fromCycle, long untilCycle) {
    cycle = fromCycle;
    conditionalAccess = false;
    Stop stop = interpret(untilCycle);
    retired += cycle - fromCycle;
    return stop;
  }

  // exceptions

  /** After TRAPPED: what was raised. Nothing else has changed. */
  public Trap trap() {
    return new Trap(trapCode, trapDetail, trapAddress, inDelaySlot, inDelaySlot ? pc - 4 : pc);
  }

  /**
   * Goes on after the instruction that trapped, as if it had retired: the owner has done its work
   * for it. Takes one cycle and counts as retired. In a delay slot it goes on where the branch
   * goes.
   */
  public void skipInstruction() {
    advance();
    cycle++;
    retired++;
  }

  /**
   * Takes an exception as the hardware does: EPC, Cause and Status are set, and the handler is
   * next.
   */
  public void deliverException(Trap trap) {
    setPc(ExceptionEntry.enter(cp0, trap));
    modeChanged();
    breakLink();
    forgetFetched();
    answered = false;
  }

  /** After MISS or UNCACHED: nothing is there. What {@link #trap} says then is a bus error. */
  public void busError() {
    raise(accessKind() == AccessKind.FETCH ? ExcCode.IBE : ExcCode.DBE);
  }

  /**
   * A cold reset: the manual's reset values, and zeros where it leaves them open; the TLB is empty.
   * General registers and caches stay.
   */
  public void reset() {
    cp0.reset();
    mmu.tlb.clear();
    setPc(ExceptionEntry.RESET_VECTOR);
    forgetAccess();
  }

  /** A soft reset, or a non-maskable interrupt. */
  public void softReset(boolean nmi) {
    setPc(ExceptionEntry.softReset(cp0, nmi, inDelaySlot ? pc - 4 : pc));
    forgetAccess();
  }

  private void forgetAccess() {
    breakLink();
    forgetFetched();
    answered = false;
    mmu.forget();
    modeChanged();
  }

  /**
   * Takes an interrupt between two instructions; the caller knows that it is pending, unmasked and
   * enabled.
   */
  public void deliverInterrupt() {
    deliverException(asynchronous(ExcCode.Int));
  }

  /** An exception that comes between two instructions. */
  Trap asynchronous(ExcCode code) {
    return new Trap(code, 0, 0, inDelaySlot, inDelaySlot ? pc - 4 : pc);
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
  public Outcome moveToCp0(Instruction f) {
    if (!cp0.usable()) {
      return raise(ExcCode.CpU);
    }
    long value = gpr[f.rt()];
    if (hook == null || !hook.movedToCp0(f.rd(), f.sel(), value)) {
      cp0.write(f.rd(), f.sel(), value, cycle);
      translationChanged(f.rd());
    }
    return Outcome.CHECK_INTERRUPTS;
  }

  private void translationChanged(int register) {
    switch (register) {
      case Cp0Register.ENTRY_HI, Cp0Register.CONFIG, Cp0Register.WATCH_LO, Cp0Register.WATCH_HI ->
          mmu.forget();
      default -> {}
    }
    modeChanged();
    singly = mmu.watchesFetches();
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
    branchTarget = ExceptionEntry.leave(cp0);
    modeChanged();
    breakLink();
    return Outcome.RETURNED;
  }

  /** There is no debug mode to return from. */
  @Override
  public Outcome debugReturn() {
    return raise(cp0.usable() ? ExcCode.RI : ExcCode.CpU);
  }

  /** There is one set of general registers: the previous set is the current one. */
  @Override
  public Outcome moveBetweenShadows(Instruction f) {
    return cp0.usable() ? write(f.rd(), gpr[f.rt()]) : raise(ExcCode.CpU);
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

  // the TLB

  @Override
  public Outcome tlbProbe() {
    if (!cp0.usable()) {
      return raise(ExcCode.CpU);
    }
    long entryHi = cp0.get(Cp0Register.ENTRY_HI);
    int found = mmu.tlb.find(entryHi, entryHi);
    if (found == Tlb.DOUBLE_HIT) {
      return raise(ExcCode.MCheck);
    }
    long failed = (int) cp0.get(Cp0Register.INDEX) | 1 << 31;
    cp0.put(Cp0Register.INDEX, found == Tlb.NO_ENTRY ? failed : found);
    return Outcome.RETIRED;
  }

  @Override
  public Outcome tlbRead() {
    if (!cp0.usable()) {
      return raise(ExcCode.CpU);
    }
    TlbEntry entry = mmu.tlb.entry(indexedEntry());
    TlbEntry shown = entry == null ? new TlbEntry(0, 0, 0, 0) : entry;
    cp0.put(Cp0Register.ENTRY_HI, shown.entryHi());
    cp0.put(Cp0Register.ENTRY_LO0, shown.entryLo0());
    cp0.put(Cp0Register.ENTRY_LO1, shown.entryLo1());
    cp0.put(Cp0Register.PAGE_MASK, shown.pageMask());
    mmu.forget();
    return Outcome.REFETCH;
  }

  @Override
  public Outcome tlbWriteIndexed() {
    return cp0.usable() ? tlbWrite(indexedEntry()) : raise(ExcCode.CpU);
  }

  /** An index that no entry has is UNDEFINED; here it counts from the start again. */
  private int indexedEntry() {
    return (int) (cp0.get(Cp0Register.INDEX) & 0x3F) % mmu.tlb.size();
  }

  /**
   * Random steps down by one with each such write, from the last entry to Wired and then to the last
   * again; so the entries that a program gets depend on nothing but the program.
   */
  @Override
  public Outcome tlbWriteRandom() {
    if (!cp0.usable()) {
      return raise(ExcCode.CpU);
    }
    int last = mmu.tlb.size() - 1;
    int random = (int) Math.min(cp0.get(Cp0Register.RANDOM), last);
    cp0.put(Cp0Register.RANDOM, random <= cp0.get(Cp0Register.WIRED) ? last : random - 1);
    return tlbWrite(random);
  }

  /** What was fetched by the old entry is fetched anew. */
  private Outcome tlbWrite(int index) {
    mmu.tlb.write(
        index,
        new TlbEntry(
            cp0.get(Cp0Register.ENTRY_HI),
            cp0.get(Cp0Register.ENTRY_LO0),
            cp0.get(Cp0Register.ENTRY_LO1),
            cp0.get(Cp0Register.PAGE_MASK)));
    mmu.forget();
    return Outcome.REFETCH;
  }

  // the owner's view

  public CoreConfig config() {
    return config;
  }

  /**
   * Has the code that it executes often translated; all that it does, and when, stays the same, but
   * {@link #lastWord} is not kept. For cores without a watch.
   */
  public void translateBy(Translator translator) {
    translate(new TranslatedRegions(this, translator));
  }

  /** Null for none. */
  public void setCp0Hook(Cp0Hook hook) {
    this.hook = hook;
  }

  /**
   * Gives the core a store buffer; its data cache must have been built without shortcuts. Whoever
   * owns the core stamps and drains it.
   */
  public void setStoreBuffer(StoreBuffer stores) {
    buffer = stores;
  }

  /** The word that was executed, or tried, last; 0 before the first. */
  public int lastWord() {
    return last == null ? 0 : last.word();
  }

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

  /** Time has passed without instructions. */
  void goOnAt(long newCycle) {
    cycle = newCycle;
  }

  /** Instructions retired since construction. */
  public long retired() {
    return retired;
  }

  /** Sets all of Status; the mode follows. */
  public void setStatus(int value) {
    cp0.setStatus(value);
    modeChanged();
  }

  /**
   * Architectural state and the count of retired instructions. Not the caches, which their owner
   * folds, and not the cycle, which depends on how far the owner last let it run.
   */
  public void foldState(StateHash hash) {
    hash.fold(gpr).fold(hi).fold(lo).fold(pc).fold(inDelaySlot);
    hash.fold(inDelaySlot ? delayedTarget : 0).fold(linkedLine).fold(retired);
    cp0.foldState(hash);
    mmu.tlb.foldState(hash);
    foldFetched(hash);
  }
}
