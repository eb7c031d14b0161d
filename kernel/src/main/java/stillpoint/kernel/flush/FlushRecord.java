package stillpoint.kernel.flush;

/**
 * A call of the flush function; it has to cover every CPU. Logged when called and again when it has returned.
 *
 * @param startCycle when it was called
 * @param returnCycle when it returned, or {@link #NOT_RETURNED}
 * @param physical first byte flushed, or {@link #WHOLE_CACHE}
 * @param bytes how many
 */
public record FlushRecord(long startCycle, long returnCycle, long physical, long bytes) {
  public static final long WHOLE_CACHE = -1;

  public static final long NOT_RETURNED = Long.MAX_VALUE - 1;

  public boolean covers(long address) {
    return physical == WHOLE_CACHE || (address >= physical && address < physical + bytes);
  }
}
