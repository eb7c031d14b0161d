package stillpoint.machine.isa;

import java.util.Arrays;

/** One section while it is being filled: where it begins, what is in it so far. */
final class SectionBuilder {
  /** A program larger than this is a mistake in its source. */
  private static final long MAX_BYTES = 1L << 26;

  /** What a section is for, which decides where it goes and what may be in it. */
  enum Kind {
    CODE,
    READ_ONLY,
    DATA,
    BSS
  }

  final String name;
  final Kind kind;
  final long address;
  private long alignment = 4;
  private byte[] bytes = new byte[64];
  private long size;

  SectionBuilder(String name, Kind kind, long address) {
    this.name = name;
    this.kind = kind;
    this.address = address;
  }

  long here() {
    return address + size;
  }

  long size() {
    return size;
  }

  long alignment() {
    return alignment;
  }

  /** Appends the low {@code count} bytes of a value in a byte order. */
  void put(int line, long value, int count, boolean bigEndian) {
    byte[] content = new byte[count];
    for (int i = 0; i < count; i++) {
      content[bigEndian ? count - 1 - i : i] = (byte) (value >>> 8 * i);
    }
    put(line, content);
  }

  void put(int line, byte[] content) {
    if (kind == Kind.BSS) {
      throw new AssemblyError(line, "section " + name + " has no content; only .space goes there");
    }
    int from = (int) size;
    grow(line, content.length);
    System.arraycopy(content, 0, bytes, from, content.length);
  }

  /** Appends {@code count} bytes of one value. */
  void fill(int line, long count, int value) {
    if (kind == Kind.BSS && value != 0) {
      throw new AssemblyError(line, "section " + name + " has no content but zeros");
    }
    int from = (int) size;
    grow(line, count);
    if (kind != Kind.BSS) {
      Arrays.fill(bytes, from, (int) size, (byte) value);
    }
  }

  private void grow(int line, long count) {
    if (count > MAX_BYTES - size) {
      throw new AssemblyError(
          line, "section " + name + " grows over " + MAX_BYTES + " bytes, the most there may be");
    }
    size += count;
    if (kind != Kind.BSS && size > bytes.length) {
      bytes = Arrays.copyOf(bytes, (int) Math.max(size, Math.min(2L * bytes.length, MAX_BYTES)));
    }
  }

  /** Bytes to the next multiple of a power of two. */
  long padding(long boundary) {
    return -here() & boundary - 1;
  }

  void align(int line, long boundary, int value) {
    alignment = Math.max(alignment, boundary);
    fill(line, padding(boundary), value);
  }

  AssembledProgram.Section finished() {
    byte[] content = kind == Kind.BSS ? new byte[0] : Arrays.copyOf(bytes, (int) size);
    boolean writable = kind == Kind.DATA || kind == Kind.BSS;
    return new AssembledProgram.Section(
        name, address, content, size, kind == Kind.CODE, writable, alignment);
  }
}
