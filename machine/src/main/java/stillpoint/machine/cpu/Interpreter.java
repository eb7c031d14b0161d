package stillpoint.machine.cpu;

import stillpoint.machine.coherence.AccessKind;
import stillpoint.machine.isa.Decoder;
import stillpoint.machine.isa.Frequent;
import stillpoint.machine.isa.Frequent.Meanings;
import stillpoint.machine.isa.Instruction;
import stillpoint.machine.isa.Outcome;
import stillpoint.machine.l1.DataCache;
import stillpoint.machine.l1.InstructionCache;
import stillpoint.machine.time.StateHash;

/**
 * The part of a core that executes: the interpreter of predecoded lines, and what it needs of state.
 *
 * <p>A line is decoded word by word when it is first executed, once for each fill of the
 * instruction cache and each width of operations; the cache drops the decoded words with the line.
 * The loop walks a decoded line up to a branch and its delay slot. Anything but an ordinary
 * retirement or branch leaves it, with pc, cycle and delay slot as they are before that
 * instruction: there translated code takes over and leaves off, and is checked against this loop.
 */
abstract sealed class Interpreter extends LoadStoreUnit permits Core {
  private final CodeWatch watch;

  /** Address of the instruction that executes now or next. */
  long pc;

  /** Whether the instruction at pc is in a delay slot, and then, where its branch goes. */
  boolean inDelaySlot;

  long delayedTarget;
  long cycle;

  /** A watch register looks at fetches: each instruction is fetched by itself. */
  boolean singly;

  /** The instruction executed or tried last; for who traces a bare core, so no part of a snapshot. */
  transient Instruction last;

  /**
   * Whether the instruction at fetchedPc has been fetched past the caches, and has neither retired
   * nor trapped; if not, fetchedPc and so on say nothing.
   */
  private boolean fetchedPast;

  private long fetchedPc;
  private long fetchedFrom;
  private int fetchedWord;

  /** That instruction, or null if it is to be decoded anew. */
  private transient Instruction fetched;

  /** Null for none. What a translator has made, instead of the loop below where it can. */
  private transient TranslatedRegions translated;

  Interpreter(CoreConfig config, InstructionCache l1i, DataCache l1d, CodeWatch watch) {
    super(config, l1i, l1d);
    this.watch = watch == null ? CodeWatch.NONE : watch;
  }

  /**
   * Executes until a stop or a cycle. Each turn of the outer loop fetches a line; the middle one
   * stays in it while branches lead back into it, as small loops do; the inner one executes up to
   * the end of the line, or of a delay slot. Long, since the host's compiler must see it whole; pc
   * and cycle are written where somebody may read them, not at each instruction.
   */
  final Stop interpret(long untilCycle) {
    if (translated != null) {
      return translated.run(untilCycle);
    }
    while (cycle < untilCycle) {
      Stop stopped = interpretOnce(untilCycle);
      if (stopped != null) {
        return stopped;
      }
    }
    return Stop.REACHED;
  }

  /** As far as a fetch leads. */
  final Stop interpretOnce(long untilCycle) {
    long physical = servedAddress(pc, 4, AccessKind.FETCH);
    int slot = l1i.find(physical);
    return slot < 0 ? interpretElsewhere(physical) : interpretLine(slot, untilCycle);
  }

  private Stop interpretLine(int slot, long untilCycle) {
    Instruction[] line = l1i.decoded(slot, wide);
    int index = ((int) pc & lineMask) >> 2;
    long linePc = pc - 4L * index;
    long lineCycle = cycle - index;
    while (true) {
      long budget = singly ? 1 : untilCycle - lineCycle - index;
      int end = line.length - index <= budget ? line.length : index + (int) budget;
      int stop = inDelaySlot ? index + 1 : end;
      Instruction instruction;
      Outcome outcome;
      do {
        instruction = line[index];
        if (instruction == null) {
          instruction = decode(slot, index);
        }
        switch (instruction.number()) {
          case Frequent.ADDU -> outcome = Meanings.ADDU.execute(this, instruction);
          case Frequent.SUBU -> outcome = Meanings.SUBU.execute(this, instruction);
          case Frequent.DADDU -> outcome = Meanings.DADDU.execute(this, instruction);
          case Frequent.DSUBU -> outcome = Meanings.DSUBU.execute(this, instruction);
          case Frequent.ADDIU -> outcome = Meanings.ADDIU.execute(this, instruction);
          case Frequent.DADDIU -> outcome = Meanings.DADDIU.execute(this, instruction);
          case Frequent.AND -> outcome = Meanings.AND.execute(this, instruction);
          case Frequent.OR -> outcome = Meanings.OR.execute(this, instruction);
          case Frequent.XOR -> outcome = Meanings.XOR.execute(this, instruction);
          case Frequent.NOR -> outcome = Meanings.NOR.execute(this, instruction);
          case Frequent.ANDI -> outcome = Meanings.ANDI.execute(this, instruction);
          case Frequent.ORI -> outcome = Meanings.ORI.execute(this, instruction);
          case Frequent.XORI -> outcome = Meanings.XORI.execute(this, instruction);
          case Frequent.LUI -> outcome = Meanings.LUI.execute(this, instruction);
          case Frequent.SLT -> outcome = Meanings.SLT.execute(this, instruction);
          case Frequent.SLTU -> outcome = Meanings.SLTU.execute(this, instruction);
          case Frequent.SLTI -> outcome = Meanings.SLTI.execute(this, instruction);
          case Frequent.SLTIU -> outcome = Meanings.SLTIU.execute(this, instruction);
          case Frequent.MOVZ -> outcome = Meanings.MOVZ.execute(this, instruction);
          case Frequent.MOVN -> outcome = Meanings.MOVN.execute(this, instruction);
          case Frequent.SLL -> outcome = Meanings.SLL.execute(this, instruction);
          case Frequent.SRL -> outcome = Meanings.SRL.execute(this, instruction);
          case Frequent.SRA -> outcome = Meanings.SRA.execute(this, instruction);
          case Frequent.ROR -> outcome = Meanings.ROR.execute(this, instruction);
          case Frequent.SLLV -> outcome = Meanings.SLLV.execute(this, instruction);
          case Frequent.SRLV -> outcome = Meanings.SRLV.execute(this, instruction);
          case Frequent.SRAV -> outcome = Meanings.SRAV.execute(this, instruction);
          case Frequent.DSLL -> outcome = Meanings.DSLL.execute(this, instruction);
          case Frequent.DSRL -> outcome = Meanings.DSRL.execute(this, instruction);
          case Frequent.DSRA -> outcome = Meanings.DSRA.execute(this, instruction);
          case Frequent.DSLL32 -> outcome = Meanings.DSLL32.execute(this, instruction);
          case Frequent.DSRL32 -> outcome = Meanings.DSRL32.execute(this, instruction);
          case Frequent.DSRA32 -> outcome = Meanings.DSRA32.execute(this, instruction);
          case Frequent.DSLLV -> outcome = Meanings.DSLLV.execute(this, instruction);
          case Frequent.DSRLV -> outcome = Meanings.DSRLV.execute(this, instruction);
          case Frequent.DROR -> outcome = Meanings.DROR.execute(this, instruction);
          case Frequent.MULT -> outcome = Meanings.MULT.execute(this, instruction);
          case Frequent.MULTU -> outcome = Meanings.MULTU.execute(this, instruction);
          case Frequent.DMULT -> outcome = Meanings.DMULT.execute(this, instruction);
          case Frequent.DMULTU -> outcome = Meanings.DMULTU.execute(this, instruction);
          case Frequent.MFLO -> outcome = Meanings.MFLO.execute(this, instruction);
          case Frequent.MFHI -> outcome = Meanings.MFHI.execute(this, instruction);
          case Frequent.MUL -> outcome = Meanings.MUL.execute(this, instruction);
          case Frequent.EXT -> outcome = Meanings.EXT.execute(this, instruction);
          case Frequent.DEXT -> outcome = Meanings.DEXT.execute(this, instruction);
          case Frequent.INS -> outcome = Meanings.INS.execute(this, instruction);
          case Frequent.SEB -> outcome = Meanings.SEB.execute(this, instruction);
          case Frequent.SEH -> outcome = Meanings.SEH.execute(this, instruction);
          case Frequent.LB -> outcome = Meanings.LB.execute(this, instruction);
          case Frequent.LBU -> outcome = Meanings.LBU.execute(this, instruction);
          case Frequent.LH -> outcome = Meanings.LH.execute(this, instruction);
          case Frequent.LHU -> outcome = Meanings.LHU.execute(this, instruction);
          case Frequent.LW -> outcome = Meanings.LW.execute(this, instruction);
          case Frequent.LWU -> outcome = Meanings.LWU.execute(this, instruction);
          case Frequent.LD -> outcome = Meanings.LD.execute(this, instruction);
          case Frequent.SB -> outcome = Meanings.SB.execute(this, instruction);
          case Frequent.SH -> outcome = Meanings.SH.execute(this, instruction);
          case Frequent.SW -> outcome = Meanings.SW.execute(this, instruction);
          case Frequent.SD -> outcome = Meanings.SD.execute(this, instruction);
          case Frequent.BEQ -> {
            pc = linePc + 4L * index;
            outcome = Meanings.BEQ.execute(this, instruction);
          }
          case Frequent.BNE -> {
            pc = linePc + 4L * index;
            outcome = Meanings.BNE.execute(this, instruction);
          }
          case Frequent.BLEZ -> {
            pc = linePc + 4L * index;
            outcome = Meanings.BLEZ.execute(this, instruction);
          }
          case Frequent.BGTZ -> {
            pc = linePc + 4L * index;
            outcome = Meanings.BGTZ.execute(this, instruction);
          }
          case Frequent.BLTZ -> {
            pc = linePc + 4L * index;
            outcome = Meanings.BLTZ.execute(this, instruction);
          }
          case Frequent.BGEZ -> {
            pc = linePc + 4L * index;
            outcome = Meanings.BGEZ.execute(this, instruction);
          }
          case Frequent.J -> {
            pc = linePc + 4L * index;
            outcome = Meanings.J.execute(this, instruction);
          }
          case Frequent.JAL -> {
            pc = linePc + 4L * index;
            outcome = Meanings.JAL.execute(this, instruction);
          }
          case Frequent.JR -> {
            pc = linePc + 4L * index;
            outcome = Meanings.JR.execute(this, instruction);
          }
          case Frequent.JALR -> {
            pc = linePc + 4L * index;
            outcome = Meanings.JALR.execute(this, instruction);
          }
          default -> {
            pc = linePc + 4L * index;
            cycle = lineCycle + index;
            outcome = instruction.execute(this);
          }
        }
        if (outcome != Outcome.RETIRED) {
          if (outcome != Outcome.BRANCHED || inDelaySlot) {
            pc = linePc + 4L * index;
            cycle = lineCycle + index;
            last = instruction;
            return leave(outcome);
          }
          delayedTarget = branchTarget;
          inDelaySlot = true;
          stop = index + 2;
          if (stop > end) {
            // the delay slot is in another line, or in another run
            break;
          }
        }
        index++;
      } while (index < stop);
      last = instruction;
      if (outcome == Outcome.BRANCHED) {
        pc = linePc + 4L * (index + 1);
        cycle = lineCycle + index + 1;
        return null;
      }
      if (!inDelaySlot) {
        pc = linePc + 4L * index;
        cycle = lineCycle + index;
        return null;
      }
      inDelaySlot = false;
      pc = delayedTarget;
      cycle = lineCycle + index;
      long target = delayedTarget - linePc;
      if ((target & ~(long) (lineMask & -4)) != 0
          || cycle >= untilCycle
          || singly
          || translated != null) {
        return null;
      }
      lineCycle += index - (target >> 2);
      index = (int) target >> 2;
    }
  }

  /**
   * Goes on after the instruction at pc, which did not simply retire; returns the stop if it is
   * one.
   */
  final Stop leave(Outcome outcome) {
    switch (outcome) {
      case MISSED -> {
        return Stop.MISS;
      }
      case UNCACHED -> {
        return Stop.UNCACHED;
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
      case RETIRED, REFETCH, BRANCHED, ANNULLED, MISSED, UNCACHED, TRAPPED -> null;
    };
  }

  final void advance() {
    pc = inDelaySlot ? delayedTarget : pc + 4;
    inDelaySlot = false;
  }

  /**
   * Executes one instruction that is fetched past the caches, or stops because there is none yet.
   */
  private Stop interpretElsewhere(long physical) {
    if (!fetchedPast || fetchedPc != pc) {
      Outcome outcome = reach(AccessKind.FETCH, physical, 4, 0);
      if (outcome != Outcome.RETIRED) {
        return leave(outcome);
      }
      fetchedPast = true;
      fetchedPc = pc;
      fetchedFrom = physical & ~Mmu.UNCACHED;
      fetchedWord = (int) answer;
      fetched = null;
    }
    if (fetched == null) {
      fetched = decode(fetchedWord, fetchedFrom);
    }
    last = fetched;
    Outcome outcome = fetched.execute(this);
    if (outcome.retires() || outcome == Outcome.TRAPPED) {
      forgetFetched();
    }
    return leave(outcome);
  }

  /** What is fetched past the caches next is fetched anew. */
  final void forgetFetched() {
    fetchedPast = false;
    fetched = null;
  }

  /** Only while an instruction waits that was fetched past the caches. */
  final void foldFetched(StateHash hash) {
    if (fetchedPast) {
      hash.fold(fetchedPc).fold(fetchedWord);
    }
  }

  private Instruction decode(int slot, int index) {
    Instruction decoded = decode(l1i.words(slot)[index], l1i.lineAddress(slot) + 4L * index);
    l1i.decoded(slot, wide)[index] = decoded;
    return decoded;
  }

  private Instruction decode(int word, long physical) {
    Instruction plain = wide ? Decoder.decode(word) : Decoder.decodeNarrow(word);
    return watch.watches(physical)
        ? new Instruction(plain.row(), (_, _) -> executeWatched(plain, physical), word)
        : plain;
  }

  private Outcome executeWatched(Instruction instruction, long physical) {
    Outcome outcome = instruction.execute(this);
    if (outcome.retires()) {
      watch.executed(physical, instruction.word(), cycle, pc);
    }
    return outcome;
  }

  // what translated code asks for

  /** Null for none. */
  final void translate(TranslatedRegions newTranslated) {
    translated = newTranslated;
  }

  final Outcome branchAt(long address, Instruction branch) {
    pc = address;
    return branch.execute(this);
  }

  final long branchTarget() {
    return branchTarget;
  }

  final void leaveAt(long address, long atCycle) {
    pc = address;
    cycle = atCycle;
  }

  final void leaveInDelaySlot(long address, long atCycle, long target) {
    leaveAt(address, atCycle);
    inDelaySlot = true;
    delayedTarget = target;
  }
}
