package stillpoint.machine.cpu;

import stillpoint.machine.coherence.AccessKind;
import stillpoint.machine.isa.Decoder;
import stillpoint.machine.isa.ExcCode;
import stillpoint.machine.isa.Instruction;
import stillpoint.machine.isa.Outcome;
import stillpoint.machine.l1.DataCache;
import stillpoint.machine.l1.InstructionCache;
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
public final class Core extends LoadStoreUnit {
  private final CodeWatch watch;

  /** Address of the instruction that executes now or next. */
  private long pc;

  /** Whether the instruction at pc is in a delay slot, and then, where its branch goes. */
  private boolean inDelaySlot;

  private long delayedTarget;
  private long cycle;
  private long retired;

  /** {@code watch}: null for none. */
  public Core(
      int cpuNumber, boolean bigEndian, InstructionCache l1i, DataCache l1d, CodeWatch watch) {
    super(cpuNumber, bigEndian, l1i, l1d);
    this.watch = watch == null ? CodeWatch.NONE : watch;
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
    Stop stop = null;
    while (stop == null) {
      stop = cycle < untilCycle ? runLine(untilCycle) : Stop.REACHED;
    }
    retired += cycle - fromCycle;
    return stop;
  }

  /**
   * Executes from pc to the end of its line, to a branch and its delay slot, or to a stop, which it
   * returns.
   */
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

  /**
   * Goes on after the instruction at pc, which did not simply retire; returns the stop if it is
   * one.
   */
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
    setPc(cp0.enterException(trap));
    modeChanged();
    breakLink();
  }

  /**
   * Takes an interrupt between two instructions; the caller knows that it is pending, unmasked and
   * enabled.
   */
  public void deliverInterrupt() {
    deliverException(new Trap(ExcCode.Int, 0, 0, inDelaySlot, inDelaySlot ? pc - 4 : pc));
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
  }
}
