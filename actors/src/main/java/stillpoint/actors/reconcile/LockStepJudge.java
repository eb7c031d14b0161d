package stillpoint.actors.reconcile;

import stillpoint.machine.time.CutJudge;
import stillpoint.machine.time.CutReports;

/** A side's judge, which lets the sides meet before each judgement. */
final class LockStepJudge implements CutJudge {
  private final CutJudge judge;
  private final LockStep lockStep;
  private final int side;

  LockStepJudge(CutJudge judge, LockStep lockStep, int side) {
    this.judge = judge;
    this.lockStep = lockStep;
    this.side = side;
  }

  @Override
  public Decision judge(Cut cut, CutReports reports) {
    lockStep.meet(side, cut);
    return judge.judge(cut, reports);
  }

  @Override
  public long nextCutAfter(long cycle) {
    return judge.nextCutAfter(cycle);
  }

  @Override
  public boolean wantsReports(Cut cut, long blockedSince) {
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
