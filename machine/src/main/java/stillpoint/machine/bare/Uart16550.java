package stillpoint.machine.bare;

import java.util.function.IntConsumer;

/** {@link UartRegisters} at an address. */
public final class Uart16550 implements Device {
  private final long base;
  private final IntConsumer transmitted;
  private final UartRegisters registers = new UartRegisters();

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
    return UartRegisters.COUNT;
  }

  /** Of a wider load the register at its address is what counts. */
  @Override
  public long load(long physical, int bytes) {
    return registers.load(registerAt(physical));
  }

  /** Of a wider store the low byte goes to the register at its address. */
  @Override
  public void store(long physical, int bytes, long value) {
    int sent = registers.store(registerAt(physical), (int) value);
    if (sent != UartRegisters.NOTHING) {
      transmitted.accept(sent);
    }
  }

  private int registerAt(long physical) {
    return (int) (physical - base) & UartRegisters.COUNT - 1;
  }
}
