package stillpoint.actors.cluster;

import stillpoint.actors.snapshot.Checkpointing;
import stillpoint.machine.packed.Codec;
import stillpoint.machine.time.CutJudge;
import stillpoint.machine.time.Message;
import stillpoint.machine.time.Model;
import stillpoint.machine.time.Report;
import stillpoint.machine.time.RunOutcome;

/** What a cluster runs, as one node knows it. Made anew, from the same bytes, on every node. */
public interface Workload {
  Model model();

  /** A judge that has judged nothing yet. */
  CutJudge newJudge();

  /** What the processes say to each other. */
  Codec<Message> messages();

  /** Whether the judge and {@link #result} read the reports of process {@code id}. */
  boolean reads(int id);

  /** Reports as the judge needs them at a cut. */
  Codec<Report> reportsAtCut();

  /** Reports as {@link #result} needs them. */
  Codec<Report> reportsAtEnd();

  /**
   * What the run does about snapshots. All nodes must come to the same files.
   *
   * @param again whether the run was begun before, and goes on from the newest snapshot there is
   */
  Checkpointing checkpointing(boolean again);

  /**
   * What came of the run, for whoever asked for it; on the node where the judge is.
   *
   * @param nanos wall time from the first window to the last
   */
  byte[] result(CutJudge judge, RunOutcome outcome, long nanos);

  /** The run is over on this node, or given up. */
  default void close() {}

  /** Makes a workload of the bytes that the asking side sent. */
  @FunctionalInterface
  interface Reader {
    Workload read(byte[] bytes);
  }
}
