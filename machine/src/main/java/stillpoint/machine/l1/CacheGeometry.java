package stillpoint.machine.l1;

/** Size of a cache: {@code sets * ways * lineBytes} bytes. All three are powers of two except {@code ways}. */
public record CacheGeometry(int sets, int ways, int lineBytes) {
  public CacheGeometry {
    if (Integer.bitCount(sets) != 1 || sets < 1) {
      throw new IllegalArgumentException("sets = " + sets + " is not a power of two");
    }
    if (ways < 1 || ways > 64) {
      throw new IllegalArgumentException("ways = " + ways + " is not within 1..64");
    }
    if (Integer.bitCount(lineBytes) != 1 || lineBytes < 16 || lineBytes > 256) {
      throw new IllegalArgumentException(
          "line-bytes = " + lineBytes + " is not 16, 32, 64, 128 or 256");
    }
  }

  public long sizeBytes() {
    return (long) sets * ways * lineBytes;
  }

  /** Address of the line that holds {@code physical}. */
  public long lineAddress(long physical) {
    return physical & -lineBytes;
  }

  public int setOf(long physical) {
    return (int) (physical / lineBytes) & (sets - 1);
  }
}
