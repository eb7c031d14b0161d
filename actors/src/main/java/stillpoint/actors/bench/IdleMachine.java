package stillpoint.actors.bench;

import stillpoint.actors.RunOptions;
import stillpoint.actors.Simulation;
import stillpoint.machine.time.CutJudge;
import stillpoint.machine.time.CutReports;
import stillpoint.machine.time.LogicalProcess;
import stillpoint.machine.time.Message;
import stillpoint.machine.time.Model;
import stillpoint.machine.time.Outbox;
import stillpoint.machine.time.Report;
import stillpoint.machine.time.StateHash;

/**
 * A machine of which only process 0 ever does anything: twice, so that there is a cut with all
 * actors alive.
 */
record IdleMachine(int size) implements Model {
  private static final int FEW = 2;
  private static final long SECOND_CYCLE = 10;

  private record Idle() implements Report {}

  /** Difference of the used heap with {@code processes} and with two, a process. */
  static double bytesAProcess(int processes) {
    // the first run pays for all that is loaded once
    usedBytes(FEW);
    return (usedBytes(processes) - usedBytes(FEW)) / (double) (processes - FEW);
  }

  private static long usedBytes(int processes) {
    Scales scales = new Scales();
    Simulation.run(new IdleMachine(processes), scales, RunOptions.onThreads(1));
    return scales.usedBytes;
  }

  @Override
  public LogicalProcess create(int id) {
    return new Sleeper(id == 0 ? 0 : LogicalProcess.NEVER);
  }

  @Override
  public String nameOf(int id) {
    return "sleeper" + id;
  }

  @Override
  public long lookaheadCycles() {
    return 1;
  }

  @Override
  public int places() {
    return size;
  }

  @Override
  public int placeOf(int id) {
    return id;
  }

  private static final class Sleeper implements LogicalProcess {
    private long nextCycle;

    Sleeper(long nextCycle) {
      this.nextCycle = nextCycle;
    }

    @Override
    public void handle(long cycle, int sender, Message message, Outbox outbox) {}

    @Override
    public void run(long untilCycle, Outbox outbox) {
      nextCycle = nextCycle < SECOND_CYCLE ? SECOND_CYCLE : NEVER;
    }

    @Override
    public long nextOwnCycle() {
      return nextCycle;
    }

    @Override
    public Report inspect(long cycle) {
      return new Idle();
    }

    @Override
    public void foldState(StateHash hash) {}
  }

  /** Weighs the heap at the one cut between process 0's two activities. */
  private static final class Scales implements CutJudge {
    private static final int COLLECTIONS = 3;

    private volatile long usedBytes;

    @Override
    public long nextCutAfter(long cycle) {
      return cycle < SECOND_CYCLE ? SECOND_CYCLE : LogicalProcess.NEVER;
    }

    @Override
    public boolean wantsReports(Cut cut, long blockedSince) {
      for (int i = 0; i < COLLECTIONS; i++) {
        System.gc();
      }
      usedBytes = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
      return false;
    }

    @Override
    public Decision judge(Cut cut, CutReports reports) {
      return Decision.GO_ON;
    }
  }
}
