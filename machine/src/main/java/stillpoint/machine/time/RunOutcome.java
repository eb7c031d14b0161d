package stillpoint.machine.time;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * How a run ended.
 *
 * @param digest as {@link RunDigest} prints it
 * @param finalReports of the last cut, one a process, in id order; null for processes that nobody asked about
 * @param endCycle cycle of the last cut
 * @param lastEventCycle of the last event or own activity; -1 if nothing ever happened
 * @param events handled
 * @param windows opened; on several nodes, by the one that opened most
 * @param rounds between nodes, or between cuts if there is one node
 * @param remote from node to node
 * @param quiescent whether nothing was left to do
 */
public record RunOutcome(
    String digest,
    List<Report> finalReports,
    long endCycle,
    long lastEventCycle,
    long events,
    long windows,
    long rounds,
    RemoteTraffic remote,
    boolean quiescent) {
  public RunOutcome {
    finalReports = Collections.unmodifiableList(new ArrayList<>(finalReports));
  }

  /** Batches sent from node to node. */
  public long remoteBatches() {
    return remote.batches();
  }
}
