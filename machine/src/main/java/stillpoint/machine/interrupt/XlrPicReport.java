package stillpoint.machine.interrupt;

import java.util.Arrays;
import stillpoint.machine.time.Report;

/**
 * An XLR PIC slice at a cut.
 *
 * @param index of the slice among the interrupt controller's slices
 * @param raisedByVector IPIs passed on since reset, one for each target, by vector 0 .. 63
 */
public record XlrPicReport(int index, long[] raisedByVector) implements Report {
  public XlrPicReport {
    raisedByVector = raisedByVector.clone();
  }

  /** IPIs of all vectors. */
  public long raised() {
    return Arrays.stream(raisedByVector).sum();
  }
}
