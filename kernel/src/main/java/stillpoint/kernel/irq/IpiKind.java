package stillpoint.kernel.irq;

import stillpoint.machine.time.BrokenInvariant;

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

  /**
   * Software interrupt of a 34K: 0 for calls, 1 for rescheduling.
   *
   * @throws BrokenInvariant for the flush, which has none there; scenarios that need it are refused
   */
  public int softwareInterrupt() {
    return switch (this) {
      case CALL_FUNCTION -> 0;
      case RESCHED -> 1;
      case ICACHE_FLUSH -> throw new BrokenInvariant("no software interrupt for " + text);
    };
  }

  /** The IPI that a software interrupt of a 34K stands for. */
  public static IpiKind ofSoftwareInterrupt(int line) {
    return line == 0 ? CALL_FUNCTION : RESCHED;
  }

  /** Mailbox bits of the interrupts that a GIC numbers by kind. */
  public static int mailboxBitsOf(int kinds) {
    int bits = 0;
    for (IpiKind kind : values()) {
      bits |= (kinds >> kind.ordinal() & 1) != 0 ? kind.mailboxBit : 0;
    }
    return bits;
  }

  /** Vector of an XLR PIC, which is also its bit among a CPU's pending interrupts. */
  public int vector() {
    return ordinal();
  }
}
