package stillpoint.machine.packed;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads what {@link PackedOutput} wrote. Every method throws {@link PackedFormatException} where
 * the bytes end too early or make no sense, and none believes a length before it has seen so many
 * bytes.
 */
public final class PackedInput {
  private final byte[] bytes;
  private int at;

  public PackedInput(byte[] bytes) {
    this.bytes = bytes;
  }

  public int remaining() {
    return bytes.length - at;
  }

  public int getByte() {
    if (at == bytes.length) {
      throw new PackedFormatException("the bytes end after " + at);
    }
    return bytes[at++] & 0xFF;
  }

  public boolean getBoolean() {
    int value = getByte();
    if (value > 1) {
      throw new PackedFormatException("neither true nor false but " + value + " at byte " + at);
    }
    return value == 1;
  }

  public long getUnsigned() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int next = getByte();
      value |= (long) (next & 0x7F) << shift;
      if (next < 0x80) {
        return value;
      }
    }
    throw new PackedFormatException("a number of more than ten bytes at byte " + at);
  }

  public long getSigned() {
    long value = getUnsigned();
    return value >>> 1 ^ -(value & 1);
  }

  public int getInt() {
    long value = getSigned();
    if (value != (int) value) {
      throw new PackedFormatException(value + " at byte " + at + " is no 32-bit number");
    }
    return (int) value;
  }

  /** Number of something that takes {@code bytesEach} bytes or more; so many bytes must be there. */
  public int getCount(int bytesEach) {
    long count = getUnsigned();
    if (count < 0 || count > remaining() / Math.max(1, bytesEach)) {
      throw new PackedFormatException(
          Long.toUnsignedString(count)
              + " things announced at byte "
              + at
              + " and "
              + remaining()
              + " bytes left");
    }
    return (int) count;
  }

  public byte[] getBytes() {
    byte[] value = new byte[getCount(1)];
    System.arraycopy(bytes, at, value, 0, value.length);
    at += value.length;
    return value;
  }

  public String getText() {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(getBytes())).toString();
    } catch (CharacterCodingException e) {
      throw new PackedFormatException("a text that is no UTF-8 before byte " + at);
    }
  }

  /** Nothing may be left. */
  public void requireEnd() {
    if (remaining() > 0) {
      throw new PackedFormatException(remaining() + " bytes too many");
    }
  }
}
