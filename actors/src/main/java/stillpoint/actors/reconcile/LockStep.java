package stillpoint.actors.reconcile;

import java.util.Optional;
import stillpoint.machine.time.CutJudge;

/**
 * Leads two sides from cut to cut, one after the other: while one runs, the other waits at its cut,
 * so that they do not fight for processors. At each cut that is judged they are compared, with all
 * processes of both at rest.
 */
final class LockStep {
  private static final int FIRST = 0;
  private static final int NOBODY = -1;

  private final Comparison comparison;
  private final CutJudge.Cut[] at = new CutJudge.Cut[2];
  private final boolean[] ended = new boolean[2];
  private int turn = FIRST;
  private Optional<Difference> difference = Optional.empty();
  private boolean failed;

  LockStep(Comparison comparison) {
    this.comparison = comparison;
  }

  synchronized Optional<Difference> difference() {
    return difference;
  }

  /** Waits until a side may begin. */
  synchronized void begin(int side) {
    awaitTurn(side);
  }

  /** A side has come to a cut. Returns when it may go on; throws if it need not. */
  synchronized void meet(int side, CutJudge.Cut cut) {
    at[side] = cut;
    if (side != FIRST || ended[other(side)]) {
      compare();
    }
    passTurn(side);
    awaitTurn(side);
  }

  /** A side's run is over. */
  synchronized void end(int side, boolean failure) {
    ended[side] = true;
    failed |= failure;
    if (turn == side || turn == NOBODY) {
      passTurn(side);
    }
    notifyAll();
  }

  private void compare() {
    difference = comparison.events();
    if (difference.isEmpty() && !sameCut()) {
      difference = Optional.of(endings());
    }
    if (difference.isEmpty()) {
      comparison.agreed();
    }
  }

  private boolean sameCut() {
    return at[0] != null
        && at[1] != null
        && at[0].cycle() == at[1].cycle()
        && at[0].quiescent() == at[1].quiescent()
        && at[0].lastEventCycle() == at[1].lastEventCycle();
  }

  private Difference endings() {
    long cycle = Math.min(at[0] == null ? 0 : at[0].cycle(), at[1] == null ? 0 : at[1].cycle());
    return new Difference(
        cycle,
        "the machine",
        Optional.ofNullable(at[0]).map(CutJudge.Cut::toString),
        Optional.ofNullable(at[1]).map(CutJudge.Cut::toString));
  }

  private static int other(int side) {
    return 1 - side;
  }

  private void passTurn(int side) {
    turn = ended[other(side)] ? side : other(side);
    notifyAll();
  }

  private void awaitTurn(int side) {
    while (turn != side && difference.isEmpty() && !failed && !ended[other(side)]) {
      try {
        wait();
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw new Parted("interrupted while two sides were compared");
      }
    }
    if (difference.isPresent() || failed) {
      throw new Parted(failed ? "the other side has failed" : "the sides have parted");
    }
  }
}
