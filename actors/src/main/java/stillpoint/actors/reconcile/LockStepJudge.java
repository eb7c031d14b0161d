package stillpoint.actors.reconcile;

import stillpoint.machine.time.CutJudge;
import stillpoint.machine.time.CutReports;

/** A side's judge, which lets the sides meet at each cut, before it is judged, if it is. For sides on one node. */
final class LockStepJudge implements CutJudge {
  private final CutJudge judge;
  private final LockStep lockStep;
  private final int side;

  /** Whether both sides know all there is about a cut; else they compare its cycle. */
  private final boolean whole;

  /** The cut at which the sides met last. */
  private long metCycle = -1;

  LockStepJudge(CutJudge judge, LockStep lockStep, int side, boolean whole) {
    this.judge = judge;
    this.lockStep = lockStep;
    this.side = side;
    this.whole = whole;
  }

  @Override
  public Decision judge(Cut cut, CutReports reports) {
    if (cut.cycle() != metCycle) {
      meet(cut);
    }
    return judge.judge(cut, reports);
  }

  private void meet(Cut cut) {
    metCycle = cut.cycle();
    String words =
        ", after an event at cycle "
            + cut.lastEventCycle()
            + (cut.quiescent() ? ", with nothing left" : "");
    lockStep.meet(side, new LockStep.Met(cut.cycle(), whole ? words : ""));
  }

  @Override
  public long nextCutAfter(long cycle) {
    return judge.nextCutAfter(cycle);
  }

  @Override
  public boolean wantsReports(Cut cut, long blockedSince) {
    // asked once at each cut, whether or not it is judged then
    meet(cut);
    return judge.wantsReports(cut, blockedSince);
  }

  @Override
  public long limitCycle() {
    return judge.limitCycle();
  }

  @Override
  public long posture() {
    return judge.posture();
  }

  @Override
  public void follow(long posture) {
    judge.follow(posture);
  }
}
