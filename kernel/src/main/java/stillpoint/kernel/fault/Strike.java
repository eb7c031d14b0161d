package stillpoint.kernel.fault;

/**
 * What one fault has done to one victim.
 *
 * @param number of the fault
 * @param process id of the process that was struck: the CPU that an IPI was for, the CPU that stood still, the slice
 *     whose memory changed, who sent a late message
 * @param peer id of the other process that had a part in it: who sent the IPI, who got the late message; or {@link #NOBODY}
 * @param what was struck, in a few words, for instance {@code call-function IPI}
 * @param firstCycle when for the first time
 * @param lastCycle when for the last time
 * @param count how often
 */
public record Strike(
    int number, int process, int peer, String what, long firstCycle, long lastCycle, long count) {
  public static final int NOBODY = -1;

  Strike again(long cycle) {
    return new Strike(number, process, peer, what, firstCycle, cycle, count + 1);
  }

  boolean isOf(int other, int victim, int with, String name) {
    return number == other && process == victim && peer == with && what.equals(name);
  }
}
