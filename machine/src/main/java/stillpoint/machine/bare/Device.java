package stillpoint.machine.bare;

/**
 * Registers at physical addresses. The lines that hold them are never cached, whatever segment the
 * program reaches them through; what else lies in those lines is memory.
 */
public interface Device {
  /** Physical address of the first register. */
  long base();

  /** Number of bytes from there that are the device's. */
  int bytes();

  /**
   * A load of 1 .. 8 bytes that touches the device.
   *
   * @return the bytes as one number
   */
  long load(long physical, int bytes);

  /** A store of the low 1 .. 8 bytes of {@code value} that touches the device. */
  void store(long physical, int bytes, long value);
}
