package stillpoint.machine.time;

/**
 * What a shard says of itself at the end of a window, or the same of the whole machine.
 *
 * @param nextCycle nothing will happen in the shard, and nothing it has sent will arrive, before
 *     this cycle; or NEVER
 * @param blockedSince smallest {@link LogicalProcess#blockedSince} of its processes, or NEVER
 * @param lastActiveCycle of its last event or stretch of own activity; -1 if there was none yet
 */
public record Promise(long nextCycle, long blockedSince, long lastActiveCycle) {
  /** Of nobody. */
  public static final Promise NONE = new Promise(LogicalProcess.NEVER, LogicalProcess.NEVER, -1);

  public Promise and(Promise other) {
    return new Promise(
        Math.min(nextCycle, other.nextCycle),
        Math.min(blockedSince, other.blockedSince),
        Math.max(lastActiveCycle, other.lastActiveCycle));
  }
}
