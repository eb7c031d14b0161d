package stillpoint.kernel.flush;

/**
 * A call of the flush function that has returned. It had to cover every CPU.
 *
 * @param startCycle when it was called
 * @param returnCycle when it returned
 * @param physical first byte flushed, or {@link #WHOLE_CACHE}
 * @param bytes how many
 */
public record FlushRecord(long startCycle, long returnCycle, long physical, long bytes) {
  public static final long WHOLE_CACHE = -1;

  public boolean covers(long address) {
    return physical == WHOLE_CACHE || (address >= physical && address < physical + bytes);
  }
}
