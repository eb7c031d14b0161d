package stillpoint.console;

import java.util.function.BooleanSupplier;
import stillpoint.machine.time.CutJudge;
import stillpoint.machine.time.CutReports;

/** A judge that can be told from outside to give up; until then it changes nothing. */
record StoppableJudge(CutJudge judge, BooleanSupplier stop) implements CutJudge {
  /** Told to give up. */
  static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1;

    Stopped() {
      super("stopped", null, false, false);
    }
  }

  private void check() {
    if (stop.getAsBoolean()) {
      throw new Stopped();
    }
  }

  @Override
  public long nextCutAfter(long cycle) {
    check();
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
  public Decision judge(Cut cut, CutReports reports) {
    return judge.judge(cut, reports);
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
