package stillpoint.machine.packed;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Bytes that grow. Numbers are written as LEB128: seven bits a byte, lowest first, so that small
 * ones are short.
 */
public final class PackedOutput {
  private byte[] bytes;
  private int size;

  public PackedOutput() {
    this(256);
  }

  public PackedOutput(int capacity) {
    bytes = new byte[Math.max(16, capacity)];
  }

  public int size() {
    return size;
  }

  /** A copy of what was written. */
  public byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }

  public void putByte(int value) {
    room(1);
    bytes[size++] = (byte) value;
  }

  public void putBoolean(boolean value) {
    putByte(value ? 1 : 0);
  }

  /** Any number, as unsigned: 1 byte below 128, 10 bytes if negative. */
  public void putUnsigned(long value) {
    room(10);
    long left = value;
    while ((left & ~0x7FL) != 0) {
      bytes[size++] = (byte) (left | 0x80);
      left >>>= 7;
    }
    bytes[size++] = (byte) left;
  }

  /** Any number, short if its magnitude is small (zigzag). */
  public void putSigned(long value) {
    putUnsigned(value << 1 ^ value >> 63);
  }

  /** The length, then the bytes. */
  public void putBytes(byte[] value) {
    putUnsigned(value.length);
    room(value.length);
    System.arraycopy(value, 0, bytes, size, value.length);
    size += value.length;
  }

  /** UTF-8, with its length in bytes first. */
  public void putText(String value) {
    putBytes(value.getBytes(StandardCharsets.UTF_8));
  }

  private void room(int count) {
    if (bytes.length - size < count) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + count));
    }
  }
}
