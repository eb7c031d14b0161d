package stillpoint.machine.time;

/**
 * Looks at the whole machine at cuts. A cut is a cycle up to which (exclusive) every process has
 * run, and none further: the same state on any number of threads and nodes. Pure; it changes
 * nothing in the machine but can end the run.
 */
public interface CutJudge {
  /**
   * What the engine knows at a cut. {@code lastEventCycle}: of the last event or own activity so
   * far.
   */
  record Cut(long cycle, long lastEventCycle, boolean quiescent) {}

  /** What to do after a cut. */
  enum Decision {
    GO_ON,
    STOP
  }

  /**
   * The first cut after {@code cycle} ({@code > cycle}). Windows end at cuts; over silence, cuts
   * are jumped too.
   */
  long nextCutAfter(long cycle);

  /**
   * Whether this cut needs everybody's report. {@code blockedSince}: the smallest {@link
   * LogicalProcess#blockedSince} of all processes. Always true in effect when the cut is quiescent
   * (no event and no own activity left).
   */
  boolean wantsReports(Cut cut, long blockedSince);

  /**
   * The run ends here at the latest: nothing at or after this cycle happens, also when time would
   * jump over it. There is then a last cut at this cycle, judged with everybody's reports.
   */
  default long limitCycle() {
    return LogicalProcess.NEVER;
  }

  /** Judges. {@code reports} is valid until this returns. */
  Decision judge(Cut cut, CutReports reports);

  /**
   * What of its judgements {@link #nextCutAfter} and {@link #wantsReports} depend on, as a number.
   * Every node asks a judge of its own about cuts, but only one of them judges; the others are told
   * this after each judgement.
   */
  default long posture() {
    return 0;
  }

  /** Takes over the posture of the judge who judged. */
  default void follow(long posture) {
    if (posture != 0) {
      throw new BrokenInvariant("a judge without postures is to take posture " + posture);
    }
  }
}
