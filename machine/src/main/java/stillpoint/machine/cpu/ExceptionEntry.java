package stillpoint.machine.cpu;

import stillpoint.machine.isa.ExcCode;

/**
 * What hardware does to CP0 when an exception is taken and when it returns (MIPS64 PRA volume III,
 * chapter 6).
 */
final class ExceptionEntry {
  static final long RESET_VECTOR = 0xFFFF_FFFF_BFC0_0000L;
  private static final long BOOT_VECTORS = 0xFFFF_FFFF_BFC0_0200L;
  private static final int TLB_REFILL = 0x000;
  private static final int XTLB_REFILL = 0x080;
  private static final int GENERAL = 0x180;
  private static final int INTERRUPT = 0x200;
  private static final int CAUSE_CODE = 0x7C;
  private static final int CAUSE_CE = 3 << 28;

  private ExceptionEntry() {}

  /** Records an exception and enters kernel mode; returns the address of the handler. */
  static long enter(Cp0 cp0, Trap trap) {
    boolean nested = (cp0.status() & Cp0.STATUS_EXL) != 0;
    int offset = nested ? GENERAL : vectorOffset(cp0, trap);
    int cause = cp0.cause() & ~(CAUSE_CODE | CAUSE_CE);
    int unit = trap.code() == ExcCode.CpU ? trap.syscallCode() : 0;
    if (!nested) {
      cp0.put(Cp0Register.EPC, trap.epc());
      cause = cause & ~Cp0.CAUSE_BD | (trap.inDelaySlot() ? Cp0.CAUSE_BD : 0);
    }
    if (trap.code() == ExcCode.Watch) {
      cause &= ~Cp0.CAUSE_WP;
    }
    cp0.setCause(cause | trap.code().code() << 2 | unit << 28);
    recordAddress(cp0, trap);
    int machineCheck = trap.code() == ExcCode.MCheck ? Cp0.STATUS_TS : 0;
    cp0.setStatus(cp0.status() | Cp0.STATUS_EXL | machineCheck);
    boolean boot = (cp0.status() & Cp0.STATUS_BEV) != 0;
    return (boot ? BOOT_VECTORS : cp0.exceptionBase()) + offset;
  }

  private static int vectorOffset(Cp0 cp0, Trap trap) {
    if (trap.isRefill()) {
      return wideRefill(cp0.status(), trap.badVAddr()) ? XTLB_REFILL : TLB_REFILL;
    }
    if (trap.code() != ExcCode.Int || (cp0.cause() & Cp0.CAUSE_IV) == 0) {
      return GENERAL;
    }
    boolean boot = (cp0.status() & Cp0.STATUS_BEV) != 0;
    int pending = cp0.pendingInterrupts();
    // the highest pending line has the highest priority; vector numbers are those of the lines
    int vector = boot || pending == 0 ? 0 : 31 - Integer.numberOfLeadingZeros(pending);
    return INTERRUPT + vector * cp0.vectorSpacing();
  }

  /** The address's region decides, by the bit that enables 64-bit addresses there. */
  private static boolean wideRefill(int status, long address) {
    int enabledBy =
        switch ((int) (address >>> 62)) {
          case 0 -> Cp0.STATUS_UX;
          case 1 -> Cp0.STATUS_SX;
          default -> Cp0.STATUS_KX;
        };
    return (status & enabledBy) != 0;
  }

  private static void recordAddress(Cp0 cp0, Trap trap) {
    switch (trap.code()) {
      case AdEL, AdES -> cp0.put(Cp0Register.BADVADDR, trap.badVAddr());
      case TLBL, TLBS, Mod -> {
        long address = trap.badVAddr();
        Cp0Layout layout = cp0.layout();
        cp0.put(Cp0Register.BADVADDR, address);
        cp0.put(Cp0Register.CONTEXT, Cp0Layout.context(address, cp0.get(Cp0Register.CONTEXT)));
        cp0.put(Cp0Register.X_CONTEXT, layout.xContext(address, cp0.get(Cp0Register.X_CONTEXT)));
        cp0.put(Cp0Register.ENTRY_HI, layout.entryHi(address, cp0.get(Cp0Register.ENTRY_HI)));
      }
      case Int, IBE, DBE, Sys, Bp, RI, CpU, Ov, Tr, Watch, MCheck -> {}
    }
  }

  /** Leaves the innermost exception level; returns where to. */
  static long leave(Cp0 cp0) {
    if ((cp0.status() & Cp0.STATUS_ERL) != 0) {
      cp0.setStatus(cp0.status() & ~Cp0.STATUS_ERL);
      return cp0.get(Cp0Register.ERROR_EPC);
    }
    cp0.setStatus(cp0.status() & ~Cp0.STATUS_EXL);
    return cp0.epc();
  }

  /**
   * Soft reset and NMI: Status says which, ErrorEPC where from; the rest stays. Returns the address
   * to go on at.
   */
  static long softReset(Cp0 cp0, boolean nmi, long errorEpc) {
    cp0.put(Cp0Register.ERROR_EPC, errorEpc);
    int cleared = cp0.status() & ~(Cp0.STATUS_TS | Cp0.STATUS_SR | Cp0.STATUS_NMI);
    int which = nmi ? Cp0.STATUS_NMI : Cp0.STATUS_SR;
    cp0.setStatus(cleared | which | Cp0.STATUS_BEV | Cp0.STATUS_ERL);
    return RESET_VECTOR;
  }
}
