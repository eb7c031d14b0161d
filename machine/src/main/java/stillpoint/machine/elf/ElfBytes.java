package stillpoint.machine.elf;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The bytes of a file that claims to be ELF, in its byte order and word size. Offsets are {@code
 * long} and may be nonsense: {@link #require} proves a range before anything in it is read.
 */
final class ElfBytes {
  private static final VarHandle BIG_16 = view(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle BIG_32 = view(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle BIG_64 = view(long[].class, ByteOrder.BIG_ENDIAN);

  private final String file;
  private final byte[] bytes;
  private final boolean bigEndian;
  private final boolean is64Bit;

  ElfBytes(String file, byte[] bytes, boolean bigEndian, boolean is64Bit) {
    this.file = file;
    this.bytes = bytes;
    this.bigEndian = bigEndian;
    this.is64Bit = is64Bit;
  }

  private static VarHandle view(Class<?> array, ByteOrder order) {
    return MethodHandles.byteArrayViewVarHandle(array, order);
  }

  boolean bigEndian() {
    return bigEndian;
  }

  boolean is64Bit() {
    return is64Bit;
  }

  int length() {
    return bytes.length;
  }

  ElfFormatException refuse(String problem) {
    return new ElfFormatException(file, problem);
  }

  /** Proves that {@code size} bytes from {@code offset}, both unsigned, lie in the file. */
  void require(String what, long offset, long size) throws ElfFormatException {
    boolean fits =
        Long.compareUnsigned(offset, bytes.length) <= 0
            && Long.compareUnsigned(size, bytes.length - offset) <= 0;
    if (fits) {
      return;
    }
    long last = offset + size - 1;
    if (Long.compareUnsigned(last, offset) < 0) {
      throw refuse(
          what
              + " has an absurd place: "
              + Long.toUnsignedString(size)
              + " bytes from offset "
              + Long.toUnsignedString(offset));
    }
    throw refuse(
        "truncated: "
            + what
            + " needs bytes "
            + Long.toUnsignedString(offset)
            + ".."
            + Long.toUnsignedString(last)
            + " but the file has "
            + bytes.length);
  }

  int byteAt(long offset) {
    return bytes[(int) offset] & 0xFF;
  }

  int half(long offset) {
    short value = (short) BIG_16.get(bytes, (int) offset);
    return (bigEndian ? value : Short.reverseBytes(value)) & 0xFFFF;
  }

  int word(long offset) {
    int value = (int) BIG_32.get(bytes, (int) offset);
    return bigEndian ? value : Integer.reverseBytes(value);
  }

  long unsignedWord(long offset) {
    return word(offset) & 0xFFFF_FFFFL;
  }

  private long doubleword(long offset) {
    long value = (long) BIG_64.get(bytes, (int) offset);
    return bigEndian ? value : Long.reverseBytes(value);
  }

  /** A size or an offset: a doubleword in a 64-bit file, an unsigned word in a 32-bit one. */
  long natural(long offset) {
    return is64Bit ? doubleword(offset) : unsignedWord(offset);
  }

  /**
   * A virtual address. A 32-bit MIPS address is the sign-extended 64-bit one, so 0x80100000 is
   * 0xffffffff80100000.
   */
  long address(long offset) {
    return is64Bit ? doubleword(offset) : word(offset);
  }

  byte[] copy(long offset, long size) {
    byte[] copy = new byte[(int) size];
    System.arraycopy(bytes, (int) offset, copy, 0, copy.length);
    return copy;
  }

  /**
   * Length of the zero-terminated string at {@code offset}, or -1 if no zero comes before {@code
   * end}.
   */
  int stringLength(long offset, long end) {
    for (int at = (int) offset; at < end; at++) {
      if (bytes[at] == 0) {
        return at - (int) offset;
      }
    }
    return -1;
  }

  String string(long offset, int length) {
    return new String(bytes, (int) offset, length, StandardCharsets.UTF_8);
  }
}
