package stillpoint.machine.cpu;

import java.util.List;
import stillpoint.machine.isa.Instruction;

/**
 * Code that belongs together: what can be reached from an entry without leaving the lines that the
 * instruction cache holds.
 *
 * @param blocks the entry's first; each address begins at most one of them
 * @param lineAddresses virtual addresses of the lines that the code is in
 */
record Region(List<Block> blocks, long[] lineAddresses) {
  /** Where a branch may go. */
  enum Kind {
    /** There is none: the block ends before something that is not translated, or a block begins. */
    NONE,
    /** To its target or past its delay slot. */
    CONDITIONAL,
    /** The same, but the delay slot is not executed if it is not taken. */
    LIKELY,
    /** To its target. */
    JUMP,
    /** To an address in a register. */
    INDIRECT
  }

  /**
   * Instructions that follow each other up to a branch and its delay slot.
   *
   * @param pc virtual address of the first
   * @param instructions all of them, the branch and its delay slot last if there is a branch
   * @param taken the branch's target; nothing if INDIRECT or NONE
   * @param returnPoint whether the branch is a call, which may come back behind the delay slot
   */
  record Block(
      long pc, List<Instruction> instructions, Kind kind, long taken, boolean returnPoint) {
    Block {
      instructions = List.copyOf(instructions);
    }

    int length() {
      return instructions.size();
    }

    /** Address behind the block. */
    long end() {
      return pc + 4L * instructions.size();
    }

    /** Whether the code behind the block may be next. */
    boolean goesOn() {
      return kind == Kind.NONE || kind == Kind.CONDITIONAL || kind == Kind.LIKELY || returnPoint;
    }

    boolean hasTarget() {
      return kind == Kind.CONDITIONAL || kind == Kind.LIKELY || kind == Kind.JUMP;
    }
  }

  long entry() {
    return blocks.getFirst().pc();
  }
}
