package stillpoint.machine.interrupt;

import stillpoint.machine.time.Report;

/**
 * A GIC slice at a cut. Counts are since reset, one for each target of an IPI.
 *
 * @param index of the slice among the interrupt controller's slices
 * @param firstCpu that it serves
 * @param pending inter-processor interrupts now, a bit for each of a CPU's, by CPU from {@code
 *     firstCpu} on
 * @param wedges WEDGE writes that raise, by interrupt of the target
 * @param coalesced such writes that found the edge there already: the target never sees them apart
 * @param raised writes that found the target's pin low
 * @param spurious acknowledgements of a CPU for which nothing was pending
 */
public record GicReport(
    int index,
    int firstCpu,
    int[] pending,
    long[] wedges,
    long[] coalesced,
    long raised,
    long spurious)
    implements Report {
  public GicReport {
    pending = pending.clone();
    wedges = wedges.clone();
    coalesced = coalesced.clone();
  }

  /** What is pending for a CPU that this slice serves. */
  public int pendingOf(int cpu) {
    return pending[cpu - firstCpu];
  }
}
