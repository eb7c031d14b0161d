package stillpoint.machine.interconnect;

/**
 * A stretch of physical memory of which each CPU owns a part, one after the other: stacks, say, or a kernel's per-CPU
 * variables. A machine of several boards keeps each part at home on its owner's board.
 *
 * @param base first byte
 * @param bytesPerCpu size of each part, at least 1
 * @param cpuCount number of parts
 */
public record OwnedMemory(long base, long bytesPerCpu, int cpuCount) {
  static final int NOBODY = -1;

  /** The CPU that owns a byte, or {@link #NOBODY} if it lies elsewhere. */
  int ownerOf(long physical) {
    long owner = physical < base ? cpuCount : (physical - base) / bytesPerCpu;
    return owner < cpuCount ? (int) owner : NOBODY;
  }
}
