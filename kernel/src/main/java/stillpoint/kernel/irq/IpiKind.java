package stillpoint.kernel.irq;

/** The kernel's inter-processor interrupts; values as Linux numbers them on MIPS. */
public enum IpiKind {
  /** SMP_RESCHEDULE_YOURSELF. */
  RESCHED("resched", 1),
  /** SMP_CALL_FUNCTION. */
  CALL_FUNCTION("call-function", 2),
  /** SMP_ICACHE_FLUSH. */
  ICACHE_FLUSH("icache-flush", 4);

  private final String text;
  private final int mailboxBit;

  IpiKind(String text, int mailboxBit) {
    this.text = text;
    this.mailboxBit = mailboxBit;
  }

  /** As in reports. */
  public String text() {
    return text;
  }

  /** Bit of an Octeon mailbox word. */
  public int mailboxBit() {
    return mailboxBit;
  }

  /** Vector of an XLR PIC, which is also its bit among a CPU's pending interrupts. */
  public int vector() {
    return ordinal();
  }
}
