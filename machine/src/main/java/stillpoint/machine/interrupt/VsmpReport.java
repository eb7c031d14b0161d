package stillpoint.machine.interrupt;

import stillpoint.machine.time.Report;

/**
 * A VSMP slice at a cut.
 *
 * @param index of the slice among the interrupt controller's slices
 * @param raisedByLine software interrupts passed on since reset, one for each target, by line 0 and
 *     1
 */
public record VsmpReport(int index, long[] raisedByLine) implements Report {
  public VsmpReport {
    raisedByLine = raisedByLine.clone();
  }
}
