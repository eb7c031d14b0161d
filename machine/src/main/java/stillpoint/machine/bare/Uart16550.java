package stillpoint.machine.bare;

import java.util.function.IntConsumer;

/**
 * The transmitting half of a 16550 UART, registers a byte apart: what is written to the transmitter
 * is out at once, the line status always says so, nothing is ever received, no interrupt raised.
 * Scratch, line control, modem control, interrupt enable and divisor read back as written.
 */
public final class Uart16550 implements Device {
  private static final int DATA = 0;
  private static final int INTERRUPT_ENABLE = 1;
  private static final int INTERRUPT_IDENTITY = 2;
  private static final int LINE_CONTROL = 3;
  private static final int LINE_STATUS = 5;
  private static final int MODEM_STATUS = 6;
  private static final int REGISTERS = 8;

  private static final int DIVISOR_ACCESS = 0x80;
  private static final int TRANSMITTER_EMPTY = 0x60;
  private static final int NOTHING_PENDING = 1;

  private final long base;
  private final IntConsumer transmitted;
  private final int[] written = new int[REGISTERS];
  private final int[] divisor = new int[2];

  /** {@code transmitted} takes each byte, 0 .. 255. */
  public Uart16550(long base, IntConsumer transmitted) {
    this.base = base;
    this.transmitted = transmitted;
  }

  @Override
  public long base() {
    return base;
  }

  @Override
  public int bytes() {
    return REGISTERS;
  }

  /** Of a wider load the register at its address is what counts. */
  @Override
  public long load(long physical, int bytes) {
    int register = (int) (physical - base) & REGISTERS - 1;
    return switch (register) {
      case DATA, INTERRUPT_ENABLE ->
          divisorAccess() ? divisor[register] : register == DATA ? 0 : written[register];
      case INTERRUPT_IDENTITY -> NOTHING_PENDING;
      case LINE_STATUS -> TRANSMITTER_EMPTY;
      case MODEM_STATUS -> 0;
      default -> written[register];
    };
  }

  /** Of a wider store the low byte goes to the register at its address. */
  @Override
  public void store(long physical, int bytes, long value) {
    int register = (int) (physical - base) & REGISTERS - 1;
    int low = (int) value & 0xFF;
    if (register <= INTERRUPT_ENABLE && divisorAccess()) {
      divisor[register] = low;
    } else if (register == DATA) {
      transmitted.accept(low);
    } else {
      written[register] = low;
    }
  }

  private boolean divisorAccess() {
    return (written[LINE_CONTROL] & DIVISOR_ACCESS) != 0;
  }
}
