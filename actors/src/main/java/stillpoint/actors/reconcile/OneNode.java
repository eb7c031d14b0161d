package stillpoint.actors.reconcile;

import stillpoint.actors.RunOptions;
import stillpoint.actors.Simulation;
import stillpoint.actors.cluster.Workload;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.CutJudge;
import stillpoint.machine.time.RunOutcome;

/** A workload that runs on one node, in a thread of its own, in lock-step with another side. */
final class OneNode {
  private final LockStep lockStep;
  private final int side;
  private final Thread thread;
  private RunOutcome outcome;
  private Throwable failure;

  OneNode(WitnessedModel model, Workload workload, LockStep lockStep, int side) {
    this.lockStep = lockStep;
    this.side = side;
    CutJudge judge = new LockStepJudge(workload.newJudge(), lockStep, side, false);
    this.thread = new Thread(() -> run(model, judge), "reconcile-one-node");
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  private void run(WitnessedModel model, CutJudge judge) {
    boolean good = false;
    try {
      lockStep.begin(side);
      outcome = Simulation.run(model, judge, RunOptions.onThreads(1));
      good = true;
    } catch (RuntimeException | Error thrown) {
      failure = thrown;
    } finally {
      lockStep.end(side, !good);
    }
  }

  /** Waits for its end, good or bad. */
  void await() {
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new BrokenInvariant("interrupted while two sides were compared", interrupted);
    }
  }

  /**
   * After its end.
   *
   * @throws BrokenInvariant if it failed
   */
  RunOutcome outcome() {
    if (failure != null) {
      throw new BrokenInvariant("on one node: " + failure.getMessage(), failure);
    }
    return outcome;
  }
}
