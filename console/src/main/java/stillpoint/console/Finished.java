package stillpoint.console;

import java.util.List;
import stillpoint.kernel.report.RunReport;
import stillpoint.machine.time.RemoteTraffic;

/**
 * A run that came to its end.
 *
 * @param report of the simulated machine
 * @param digest of all that happened, {@code sha256:...}
 * @param events handled by all logical processes
 * @param nodes that it ended on
 * @param windows of virtual time, within a node
 * @param rounds between nodes
 * @param remote what went from node to node
 * @param runMs real time from the first window to the last, where it was taken; else that of the run
 * @param wallMs real time of the run, without the start of the program
 */
public record Finished(
    RunReport report,
    String digest,
    long events,
    int nodes,
    long windows,
    long rounds,
    RemoteTraffic remote,
    long runMs,
    long wallMs) {
  /** The same, with more to say of faults. */
  Finished withFaults(List<RunReport.Fault> faults) {
    return new Finished(
        report.withFaults(faults), digest, events, nodes, windows, rounds, remote, runMs, wallMs);
  }

  /** On one node. */
  public Finished(
      RunReport report, String digest, long events, long windows, long remoteBatches, long wallMs) {
    this(
        report,
        digest,
        events,
        1,
        windows,
        0,
        new RemoteTraffic(remoteBatches, 0, 0),
        wallMs,
        wallMs);
  }

  /** Batches sent between nodes. */
  public long remoteBatches() {
    return remote.batches();
  }
}
