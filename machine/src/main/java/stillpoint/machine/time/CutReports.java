package stillpoint.machine.time;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * What all processes say of themselves at a cut. Only those are asked that did something since the last cut that was
 * judged; the others are as they were, and so is their report, the same object. What a look at the machine costs is thus
 * a matter of what happened, not of how large the machine is.
 */
public final class CutReports {
  private final Report[] reports;
  private final List<Report> all;
  private int[] changed = {};

  /**
   * @param size number of processes
   */
  public CutReports(int size) {
    this.reports = new Report[size];
    this.all = Collections.unmodifiableList(Arrays.asList(reports));
  }

  /** For whoever collects: the answer of process {@code id} at this cut. */
  public void set(int id, Report report) {
    if (report == null) {
      throw new BrokenInvariant("process " + id + " has nothing to report");
    }
    reports[id] = report;
  }

  /** For whoever collects, once all answers are in: ids of those who were asked at this cut, ascending. */
  public void changed(int[] ids) {
    changed = ids;
  }

  /** In id order. A view: it shows the next cut's reports once those are collected. */
  public List<Report> all() {
    return all;
  }

  /** Ids of those whose report is a new one, ascending; all of them at the first cut. What they logged is told once. */
  public int[] changed() {
    return changed;
  }

  public Report get(int id) {
    return reports[id];
  }
}
