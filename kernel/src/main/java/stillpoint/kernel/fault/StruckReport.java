package stillpoint.kernel.fault;

import java.util.List;
import stillpoint.machine.time.Report;

/** What faults did at a process that is no CPU, and what that process says itself. */
public record StruckReport(List<Strike> strikes, Report process) implements Report {
  /** Of a process whose own words nobody reads. */
  public record Unread() implements Report {}

  /** What a process says itself. */
  public static Report ownOf(Report report) {
    return report instanceof StruckReport struck ? struck.process() : report;
  }
}
