package stillpoint.machine.coherence;

import java.util.List;
import stillpoint.machine.time.Report;

/**
 * A directory slice at a cut.
 *
 * @param index of the slice among the directory slices
 * @param linesKnown lines that were ever asked for or loaded
 * @param busyLines lines that serve a request, in ascending order
 * @param memory the slice's memory and owners at the cut
 * @param counters events since reset
 */
public record SliceReport(
    int index, long linesKnown, List<BusyLine> busyLines, MemorySnapshot memory, Counters counters)
    implements Report {
  /**
   * @param requester CPU or device whose request is served
   * @param owner CPU that has the line exclusively, or has not sent its copy home yet, or -1
   * @param acksPending acknowledgements that have not come
   * @param waiting CPUs and devices in the queue, in their order
   */
  public record BusyLine(
      long line,
      HomeState state,
      int requester,
      int owner,
      int acksPending,
      List<Integer> waiting) {
    public BusyLine {
      waiting = List.copyOf(waiting);
    }
  }

  /**
   * @param messages messages that arrived
   * @param memoryReads answers that had to wait for memory
   * @param forwards Fwd and Recall messages sent to owners
   * @param invalidations Inv messages sent
   */
  public record Counters(long messages, long memoryReads, long forwards, long invalidations) {}

  public SliceReport {
    busyLines = List.copyOf(busyLines);
  }
}
