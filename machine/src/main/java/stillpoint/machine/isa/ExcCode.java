package stillpoint.machine.isa;

/**
 * Why an instruction did not retire: the ExcCode field of Cause (MIPS64 PRA volume III, table
 * 9.31).
 */
public enum ExcCode {
  /** Interrupt. */
  Int(0),
  /** TLB modified: store to a page that is not dirty. */
  Mod(1),
  /** No valid TLB entry for a load or fetch. */
  TLBL(2),
  /** No valid TLB entry for a store. */
  TLBS(3),
  /** Address error on a load or fetch. */
  AdEL(4),
  /** Address error on a store. */
  AdES(5),
  /** Bus error on a fetch. */
  IBE(6),
  /** Bus error on a load or store. */
  DBE(7),
  /** System call. */
  Sys(8),
  /** Breakpoint. */
  Bp(9),
  /** Reserved instruction. */
  RI(10),
  /** Coprocessor unusable. */
  CpU(11),
  /** Integer overflow. */
  Ov(12),
  /** Trap instruction. */
  Tr(13),
  /** A watched address. */
  Watch(23),
  /** Machine check: two TLB entries for one address. */
  MCheck(24);

  private final int code;

  ExcCode(int code) {
    this.code = code;
  }

  /** The number in Cause, 0 .. 31. */
  public int code() {
    return code;
  }
}
