package stillpoint.actors.reconcile;

import java.util.Optional;

/**
 * Leads two sides from cut to cut, one after the other: while one runs, the other waits at its cut,
 * so that they do not fight for processors, and neither has seen more than lies between two cuts. At
 * each cut they are compared, with all processes of both at rest.
 */
final class LockStep {
  private static final int FIRST = 0;
  private static final int NOBODY = -1;

  /** Where a side stands: both must stand alike. {@code words}: what else is known of the cut. */
  record Met(long cycle, String words) {}

  private final Comparison comparison;
  private final Met[] at = new Met[2];
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
  synchronized void meet(int side, Met cut) {
    awaitTurn(side);
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
    return at[0] != null && at[0].equals(at[1]);
  }

  private Difference endings() {
    long cycle = Math.min(at[0] == null ? 0 : at[0].cycle(), at[1] == null ? 0 : at[1].cycle());
    return new Difference(
        cycle,
        "the machine",
        Optional.ofNullable(at[0]).map(LockStep::words),
        Optional.ofNullable(at[1]).map(LockStep::words));
  }

  private static String words(Met cut) {
    return "the last cut so far is at cycle " + cut.cycle() + cut.words();
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
