package stillpoint.machine.cpu;

/** Numbers of the CP0 registers (MIPS64 PRA volume III, table 9.1), select 0 unless said. */
final class Cp0Register {
  static final int INDEX = 0;
  static final int RANDOM = 1;
  static final int ENTRY_LO0 = 2;
  static final int ENTRY_LO1 = 3;

  /** Select 2: UserLocal. */
  static final int CONTEXT = 4;

  /** Select 1: PageGrain. */
  static final int PAGE_MASK = 5;

  static final int WIRED = 6;
  static final int HWRENA = 7;
  static final int BADVADDR = 8;
  static final int COUNT = 9;
  static final int ENTRY_HI = 10;
  static final int COMPARE = 11;

  /** Select 1: IntCtl, 2: SRSCtl. */
  static final int STATUS = 12;

  static final int CAUSE = 13;
  static final int EPC = 14;

  /** Select 1: EBase. */
  static final int PRID = 15;

  static final int CONFIG = 16;
  static final int LLADDR = 17;
  static final int WATCH_LO = 18;
  static final int WATCH_HI = 19;
  static final int X_CONTEXT = 20;
  static final int TAG_LO = 28;
  static final int TAG_HI = 29;
  static final int ERROR_EPC = 30;

  /** Selects 2 to 7: KScratch. */
  static final int SCRATCH = 31;

  private Cp0Register() {}
}
