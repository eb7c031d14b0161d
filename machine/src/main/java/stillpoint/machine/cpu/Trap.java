package stillpoint.machine.cpu;

import stillpoint.machine.isa.ExcCode;

/**
 * An exception that an instruction raised.
 *
 * @param syscallCode code field of syscall and break (20 bits) and of traps (10), number of the
 *     coprocessor for CpU, {@link #INVALID_ENTRY} for a TLB exception whose entry is there but not
 *     valid, else 0
 * @param badVAddr the address that could not be used, for AdEL, AdES, TLBL, TLBS and Mod; else 0
 * @param inDelaySlot whether the instruction is in the delay slot of the branch before it
 * @param epc where to go on from: the instruction, or the branch whose delay slot it is in
 */
public record Trap(ExcCode code, int syscallCode, long badVAddr, boolean inDelaySlot, long epc) {
  static final int INVALID_ENTRY = 1;

  /** Whether no TLB entry matched, which has a vector of its own. */
  public boolean isRefill() {
    return (code == ExcCode.TLBL || code == ExcCode.TLBS) && syscallCode != INVALID_ENTRY;
  }
}
