package stillpoint.kernel.irq;

import java.util.ArrayList;
import java.util.List;
import stillpoint.machine.time.StateHash;

/** Interrupts that are raised at a CPU and not yet taken, as bits. Mutable, owned by the CPU. */
public final class PendingInterrupts {
  /** Vectors of an XLR PIC are bits 0 .. 58; the sources are not vectors. */
  public enum Source {
    /** A device whose driver a fault makes slow. */
    DEVICE(63, "device"),
    /** GIC: the pin is up. */
    SHARED(59, "gic"),
    /** Octeon: the mailbox word is not zero. */
    MAILBOX(60, "mailbox"),
    /** A key was pressed on the serial console. */
    UART(61, "uart"),
    /** Count has reached Compare (Cause.IP7). */
    TIMER(62, "timer (IP7)");

    private final long bit;
    private final String text;

    Source(int bit, String text) {
      this.bit = 1L << bit;
      this.text = text;
    }
  }

  private long bits;

  public void raiseVector(int vector) {
    bits |= 1L << vector;
  }

  public void raise(Source source) {
    bits |= source.bit;
  }

  public boolean any() {
    return bits != 0;
  }

  /** Takes back one source if it is pending. */
  public boolean take(Source source) {
    boolean was = (bits & source.bit) != 0;
    bits &= ~source.bit;
    return was;
  }

  /** Takes back one IPI vector if it is pending. */
  public boolean take(IpiKind kind) {
    long bit = 1L << kind.vector();
    boolean was = (bits & bit) != 0;
    bits &= ~bit;
    return was;
  }

  public boolean isPending(Source source) {
    return (bits & source.bit) != 0;
  }

  public boolean isPending(IpiKind kind) {
    return (bits & 1L << kind.vector()) != 0;
  }

  /** Names of all that is pending. */
  public List<String> names() {
    List<String> names = new ArrayList<>();
    for (IpiKind kind : IpiKind.values()) {
      if (isPending(kind)) {
        names.add(kind.text() + " IPI");
      }
    }
    for (Source source : Source.values()) {
      if ((bits & source.bit) != 0) {
        names.add(source.text);
      }
    }
    return names;
  }

  public void foldState(StateHash hash) {
    hash.fold(bits);
  }
}
