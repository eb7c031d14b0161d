package stillpoint.machine.isa;

/**
 * The processor as the meanings of instructions see it: general registers, HI and LO, and the words
 * of the manual's operation sections. What needs caches, CP0 or the program counter is left to the
 * core.
 *
 * <p>Where the manual says UNPREDICTABLE, one fixed and harmless behaviour is chosen, here or in
 * the table, and said. 32-bit operations look at the low 32 bits of their operands only, also where
 * those are no proper sign-extended words.
 */
public abstract class Processor {
  public static final int RA = 31;

  /** Index 0 is written like the others and set back to 0 at once: cheaper than asking. */
  protected final long[] gpr = new long[32];

  protected long hi;
  protected long lo;

  /**
   * Where a branch goes after its delay slot; set by the meanings that answer BRANCHED or RETURNED.
   */
  protected long branchTarget;

  // registers

  public final long read(int register) {
    return gpr[register];
  }

  /** The low 32 bits of a register. */
  public final int word(int register) {
    return (int) gpr[register];
  }

  /** The low 32 bits of a register, zero-extended. */
  public final long unsignedWord(int register) {
    return gpr[register] & 0xFFFF_FFFFL;
  }

  public final Outcome write(int register, long value) {
    gpr[register] = value;
    gpr[0] = 0;
    return Outcome.RETIRED;
  }

  /** Writes 1 or 0. */
  public final Outcome writeFlag(int register, boolean flag) {
    return write(register, flag ? 1 : 0);
  }

  public final Outcome writeIf(boolean condition, int register, long value) {
    return condition ? write(register, value) : Outcome.RETIRED;
  }

  public final long hi() {
    return hi;
  }

  public final long lo() {
    return lo;
  }

  public final Outcome setHi(long value) {
    hi = value;
    return Outcome.RETIRED;
  }

  public final Outcome setLo(long value) {
    lo = value;
    return Outcome.RETIRED;
  }

  // arithmetic

  /** Writes the sum of two words, or traps if it does not fit 32 bits. */
  public final Outcome writeIfWord(int register, long exact) {
    return (int) exact == exact ? write(register, exact) : raise(ExcCode.Ov);
  }

  public final Outcome addTrapping(int register, long a, long b) {
    long sum = a + b;
    return ((a ^ sum) & (b ^ sum)) < 0 ? raise(ExcCode.Ov) : write(register, sum);
  }

  public final Outcome subtractTrapping(int register, long a, long b) {
    long difference = a - b;
    return ((a ^ b) & (a ^ difference)) < 0 ? raise(ExcCode.Ov) : write(register, difference);
  }

  /** A 64-bit product of words, its halves sign-extended into HI and LO. */
  public final Outcome setHiLoWords(long product) {
    hi = product >> 32;
    lo = (int) product;
    return Outcome.RETIRED;
  }

  /** HI and LO taken as one 64-bit number of two words, for the multiply-add family. */
  public final long hiLoWords() {
    return hi << 32 | lo & 0xFFFF_FFFFL;
  }

  public final Outcome setHiLo(long newHi, long newLo) {
    hi = newHi;
    lo = newLo;
    return Outcome.RETIRED;
  }

  // Division by zero is UNPREDICTABLE. Chosen, as most cores do: quotient all ones (1 for a
  // negative dividend of a signed division), remainder the dividend. The most negative number by -1
  // gives itself, remainder 0.

  public final Outcome divideWords(int dividend, int divisor) {
    if (divisor == 0) {
      return setHiLo(dividend, dividend < 0 ? 1 : -1);
    }
    return setHiLo(dividend % divisor, dividend / divisor);
  }

  public final Outcome divideWordsUnsigned(int dividend, int divisor) {
    if (divisor == 0) {
      return setHiLo(dividend, -1);
    }
    return setHiLo(
        Integer.remainderUnsigned(dividend, divisor), Integer.divideUnsigned(dividend, divisor));
  }

  public final Outcome divide(long dividend, long divisor) {
    if (divisor == 0) {
      return setHiLo(dividend, dividend < 0 ? 1 : -1);
    }
    return setHiLo(dividend % divisor, dividend / divisor);
  }

  public final Outcome divideUnsigned(long dividend, long divisor) {
    if (divisor == 0) {
      return setHiLo(dividend, -1);
    }
    return setHiLo(
        Long.remainderUnsigned(dividend, divisor), Long.divideUnsigned(dividend, divisor));
  }

  // branches

  /**
   * Goes to the branch's target, or past its delay slot; the delay slot is executed in both cases.
   */
  public final Outcome branchIf(boolean condition, Instruction f) {
    branchTarget = condition ? pc() + 4 + ((long) f.imm() << 2) : pc() + 8;
    return Outcome.BRANCHED;
  }

  /** As {@link #branchIf}, but not taken skips the delay slot. */
  public final Outcome branchLikelyIf(boolean condition, Instruction f) {
    return condition ? branchIf(true, f) : Outcome.ANNULLED;
  }

  /**
   * The condition is evaluated by the caller, before ra changes; ra as its operand is UNPREDICTABLE
   * otherwise.
   */
  public final Outcome linkAndBranchIf(boolean condition, Instruction f) {
    gpr[RA] = pc() + 8;
    return branchIf(condition, f);
  }

  /** The link is written whether the branch is taken or not. */
  public final Outcome linkAndBranchLikelyIf(boolean condition, Instruction f) {
    gpr[RA] = pc() + 8;
    return branchLikelyIf(condition, f);
  }

  public final Outcome jump(long target) {
    branchTarget = target;
    return Outcome.BRANCHED;
  }

  public final Outcome jumpAndLink(int register, long target) {
    branchTarget = target;
    write(register, pc() + 8);
    return Outcome.BRANCHED;
  }

  /** Target of j and jal: within the 256 MiB region of the delay slot. */
  public final long region(Instruction f) {
    return (pc() + 4) & ~0x0FFF_FFFFL | (long) f.index() << 2;
  }

  public final Outcome trapIf(boolean condition, Instruction f) {
    return condition ? raise(ExcCode.Tr, f.code()) : Outcome.RETIRED;
  }

  /** Raises an exception that has neither an address nor a detail. */
  public final Outcome raise(ExcCode code) {
    return raise(code, 0);
  }

  // what the core provides

  /** Address of the instruction being executed. */
  public abstract long pc();

  /**
   * Raises an exception that has no address; {@code detail}: code field (Sys, Bp, Tr) or
   * coprocessor number (CpU).
   */
  public abstract Outcome raise(ExcCode code, int detail);

  /** Loads 1, 2, 4 or 8 aligned bytes from rs + imm into rt. */
  public abstract Outcome load(Instruction f, int bytes, boolean signed);

  /** Stores the low 1, 2, 4 or 8 bytes of rt at rs + imm, aligned. */
  public abstract Outcome store(Instruction f, int bytes);

  /** A load of 4 or 8 bytes that starts a link. */
  public abstract Outcome loadLinked(Instruction f, int bytes);

  /**
   * A store of 4 or 8 bytes that is done, and rt set to 1, only if the link still holds; else rt =
   * 0.
   */
  public abstract Outcome storeConditional(Instruction f, int bytes);

  /**
   * Merges the part of an aligned word or doubleword from its most significant end to rs + imm
   * (lwl, ldl).
   */
  public abstract Outcome loadLeft(Instruction f, int bytes);

  /** The other part (lwr, ldr). */
  public abstract Outcome loadRight(Instruction f, int bytes);

  public abstract Outcome storeLeft(Instruction f, int bytes);

  public abstract Outcome storeRight(Instruction f, int bytes);

  public abstract Outcome moveFromCp0(Instruction f, boolean doubleword);

  /** All of rt goes to a 64-bit register, its low half to the others, by mtc0 and dmtc0 alike. */
  public abstract Outcome moveToCp0(Instruction f);

  /** Reads Status into rt, then sets or clears its IE. */
  public abstract Outcome setInterruptEnable(Instruction f, boolean enable);

  public abstract Outcome exceptionReturn();

  /** deret. */
  public abstract Outcome debugReturn();

  /** rt of the previous shadow set into rd, or rt into rd of that set (rdpgpr, wrpgpr). */
  public abstract Outcome moveBetweenShadows(Instruction f);

  /** Index of the entry that matches EntryHi into Index. */
  public abstract Outcome tlbProbe();

  /** The entry that Index names into EntryHi, EntryLo0, EntryLo1 and PageMask. */
  public abstract Outcome tlbRead();

  /** Those registers into the entry that Index names. */
  public abstract Outcome tlbWriteIndexed();

  /** Those registers into the entry that Random names. */
  public abstract Outcome tlbWriteRandom();

  public abstract Outcome waitForInterrupt();

  /** Register rd of the user-readable hardware registers into rt. */
  public abstract Outcome readHardwareRegister(Instruction f);

  /** The cache instruction: operation in the rt field, address rs + imm. */
  public abstract Outcome cacheOperation(Instruction f);

  /** Makes all earlier stores visible to everybody (sync). */
  public abstract Outcome synchronizeMemory();

  /** Makes stores to the line at rs + imm visible to this processor's own fetches. */
  public abstract Outcome synchronizeCaches(Instruction f);
}
