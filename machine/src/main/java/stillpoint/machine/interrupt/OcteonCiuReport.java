package stillpoint.machine.interrupt;

import stillpoint.machine.time.Report;

/**
 * An Octeon CIU slice at a cut. Counts are since reset, one for each target of an IPI.
 *
 * @param index of the slice among the interrupt controller's slices
 * @param firstCpu that it serves
 * @param mailboxes the words now, by CPU from {@code firstCpu} on
 * @param sets mailbox writes
 * @param raised writes that found the word zero and so raised the interrupt line
 * @param setsByBit writes by bit
 * @param coalescedByBit writes by bit that found this very bit set already: the target never sees
 *     them apart
 * @param spurious reads of a word that was zero: the core took an interrupt that was not there
 */
public record OcteonCiuReport(
    int index,
    int firstCpu,
    int[] mailboxes,
    long sets,
    long raised,
    long[] setsByBit,
    long[] coalescedByBit,
    long spurious)
    implements Report {
  public OcteonCiuReport {
    mailboxes = mailboxes.clone();
    setsByBit = setsByBit.clone();
    coalescedByBit = coalescedByBit.clone();
  }

  /** Writes that raised nothing, because the word was not zero. */
  public long coalesced() {
    return sets - raised;
  }

  /** Mailbox word of a CPU that this slice serves. */
  public int mailboxOf(int cpu) {
    return mailboxes[cpu - firstCpu];
  }
}
