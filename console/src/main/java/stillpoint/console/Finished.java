package stillpoint.console;

import java.util.List;
import stillpoint.kernel.report.RunReport;

/**
 * A run that came to its end.
 *
 * @param report of the simulated machine
 * @param digest of all that happened, {@code sha256:...}
 * @param events handled by all logical processes
 * @param nodes that it ended on
 * @param windows of virtual time, within a node
 * @param rounds between nodes
 * @param remoteBatches sent between nodes
 * @param wallMs real time of the run, without the start of the program
 */
public record Finished(
    RunReport report,
    String digest,
    long events,
    int nodes,
    long windows,
    long rounds,
    long remoteBatches,
    long wallMs) {
  /** The same, with more to say of faults. */
  Finished withFaults(List<RunReport.Fault> faults) {
    return new Finished(
        report.withFaults(faults),
        digest,
        events,
        nodes,
        windows,
        rounds,
        remoteBatches,
        wallMs);
  }

  /** On one node. */
  public Finished(
      RunReport report, String digest, long events, long windows, long remoteBatches, long wallMs) {
    this(report, digest, events, 1, windows, 0, remoteBatches, wallMs);
  }
}
