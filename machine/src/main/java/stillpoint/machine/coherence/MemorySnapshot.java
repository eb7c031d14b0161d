package stillpoint.machine.coherence;

/**
 * The memory of one directory slice at one moment, and who owned its lines. Immutable; taking it
 * copies no line. Memory holds the newest bytes of a line unless {@link #ownerOf} names a CPU: then
 * they are in that CPU's cache, or in its writeback buffer, or on the way home.
 */
public final class MemorySnapshot {
  public static final int NOBODY = LinePage.NOBODY;

  private final LineNumbers numbers;
  private final LinePage[] pages;

  MemorySnapshot(LineNumbers numbers, LinePage[] pages) {
    this.numbers = numbers;
    this.pages = pages;
  }

  /**
   * A copy of the bytes that memory holds for a line of this slice; zeros where nothing was ever
   * written.
   */
  public byte[] memoryLine(long line) {
    long local = numbers.localOf(line);
    LinePage page = LineStore.find(pages, local >> LinePage.SHIFT);
    byte[] data = page == null ? null : page.data(LineNumbers.atOf(local));
    return data == null ? new byte[numbers.lineBytes()] : data.clone();
  }

  /** The CPU that has a line in E or M, or {@link #NOBODY}. */
  public int ownerOf(long line) {
    long local = numbers.localOf(line);
    LinePage page = LineStore.find(pages, local >> LinePage.SHIFT);
    return page == null ? NOBODY : page.owner(LineNumbers.atOf(local));
  }
}
