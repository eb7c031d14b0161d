package stillpoint.machine.bare;

/**
 * Physical memory from address 0 on that costs what is touched. What was never written reads as
 * zeros. Numbers are in the machine's byte order.
 */
public final class SparseMemory implements ProgramLoader.Target {
  /** Most memory there may be, 1 TiB. */
  public static final long MAX_BYTES = 1L << 40;

  private static final int PAGE_BITS = 16;
  private static final int PAGE_BYTES = 1 << PAGE_BITS;
  private static final int REGION_BITS = 26;
  private static final int REGION_PAGES = 1 << REGION_BITS - PAGE_BITS;

  private final long sizeBytes;
  private final boolean bigEndian;
  private final byte[][][] regions;

  /** {@code sizeBytes}: 1 .. {@link #MAX_BYTES}, rounded up to a page of 64 KiB. */
  public SparseMemory(long sizeBytes, boolean bigEndian) {
    if (sizeBytes < 1 || sizeBytes > MAX_BYTES) {
      throw new IllegalArgumentException(sizeBytes + " bytes of memory are not within 1 .. 1 TiB");
    }
    this.sizeBytes = sizeBytes + PAGE_BYTES - 1 & -PAGE_BYTES;
    this.bigEndian = bigEndian;
    this.regions = new byte[(int) (this.sizeBytes - 1 >>> REGION_BITS) + 1][][];
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  @Override
  public boolean contains(long physical, long count) {
    return Long.compareUnsigned(physical, sizeBytes) < 0
        && Long.compareUnsigned(count, sizeBytes - physical) <= 0;
  }

  private byte[] page(long physical) {
    byte[][] region = regions[(int) (physical >>> REGION_BITS)];
    return region == null ? null : region[(int) (physical >>> PAGE_BITS) & REGION_PAGES - 1];
  }

  private byte[] writablePage(long physical) {
    int index = (int) (physical >>> REGION_BITS);
    if (regions[index] == null) {
      regions[index] = new byte[REGION_PAGES][];
    }
    byte[][] region = regions[index];
    int page = (int) (physical >>> PAGE_BITS) & REGION_PAGES - 1;
    if (region[page] == null) {
      region[page] = new byte[PAGE_BYTES];
    }
    return region[page];
  }

  /** Writes bytes of any length. */
  @Override
  public void put(long physical, byte[] content) {
    for (int done = 0; done < content.length; ) {
      int offset = (int) (physical + done) & PAGE_BYTES - 1;
      int count = Math.min(content.length - done, PAGE_BYTES - offset);
      System.arraycopy(content, done, writablePage(physical + done), offset, count);
      done += count;
    }
  }

  /** Reads bytes of any length. */
  public byte[] copy(long physical, int count) {
    byte[] content = new byte[count];
    for (int done = 0; done < count; ) {
      int offset = (int) (physical + done) & PAGE_BYTES - 1;
      int part = Math.min(count - done, PAGE_BYTES - offset);
      byte[] page = page(physical + done);
      if (page != null) {
        System.arraycopy(page, offset, content, done, part);
      }
      done += part;
    }
    return content;
  }

  /** 1 .. 8 bytes as one number, zero-extended. */
  public long load(long physical, int count) {
    long value = 0;
    for (int i = 0; i < count; i++) {
      long at = bigEndian ? physical + i : physical + count - 1 - i;
      byte[] page = page(at);
      value = value << 8 | (page == null ? 0 : page[(int) at & PAGE_BYTES - 1] & 0xFF);
    }
    return value;
  }

  /** The low 1 .. 8 bytes of a number. */
  public void store(long physical, int count, long value) {
    for (int i = 0; i < count; i++) {
      long at = bigEndian ? physical + count - 1 - i : physical + i;
      writablePage(at)[(int) at & PAGE_BYTES - 1] = (byte) (value >>> 8 * i);
    }
  }
}
