package stillpoint.machine.bare;

import stillpoint.machine.time.StateHash;

/**
 * The registers of a 16550 UART's transmitting half, a byte apart: what is written to the
 * transmitter is out at once, the line status always says so, nothing is ever received, no
 * interrupt raised. Scratch, line control, modem control, interrupt enable and divisor read back as
 * written.
 */
public final class UartRegisters {
  /** Number of registers. */
  public static final int COUNT = 8;

  /** No byte was transmitted. */
  public static final int NOTHING = -1;

  private static final int DATA = 0;
  private static final int INTERRUPT_ENABLE = 1;
  private static final int INTERRUPT_IDENTITY = 2;
  private static final int LINE_CONTROL = 3;
  private static final int LINE_STATUS = 5;
  private static final int MODEM_STATUS = 6;

  private static final int DIVISOR_ACCESS = 0x80;
  private static final int TRANSMITTER_EMPTY = 0x60;
  private static final int NOTHING_PENDING = 1;

  private final int[] written = new int[COUNT];
  private final int[] divisor = new int[2];

  /** {@code register}: 0 .. 7. */
  public int load(int register) {
    return switch (register) {
      case DATA, INTERRUPT_ENABLE ->
          divisorAccess() ? divisor[register] : register == DATA ? 0 : written[register];
      case INTERRUPT_IDENTITY -> NOTHING_PENDING;
      case LINE_STATUS -> TRANSMITTER_EMPTY;
      case MODEM_STATUS -> 0;
      default -> written[register];
    };
  }

  /** Stores a byte; returns the one that it transmits, 0 .. 255, or {@link #NOTHING}. */
  public int store(int register, int value) {
    int low = value & 0xFF;
    if (register <= INTERRUPT_ENABLE && divisorAccess()) {
      divisor[register] = low;
    } else if (register == DATA) {
      return low;
    } else {
      written[register] = low;
    }
    return NOTHING;
  }

  private boolean divisorAccess() {
    return (written[LINE_CONTROL] & DIVISOR_ACCESS) != 0;
  }

  public void foldState(StateHash hash) {
    for (int value : written) {
      hash.fold(value);
    }
    hash.fold(divisor[0]).fold(divisor[1]);
  }
}
