package stillpoint.kernel.system;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import stillpoint.kernel.console.ConsoleReport;
import stillpoint.kernel.cpu.CpuReport;
import stillpoint.kernel.flush.FlushRecord;
import stillpoint.kernel.ftrace.ExecutionLog;
import stillpoint.kernel.ftrace.PatchStore;
import stillpoint.kernel.ftrace.StaleCodeJudge;
import stillpoint.kernel.report.Verdict;
import stillpoint.kernel.wait.WaitForGraph;
import stillpoint.machine.time.CutJudge;
import stillpoint.machine.time.Report;

/**
 * Ends a run when there is a verdict: at a cut where CPUs are proved dead, when nothing is left to happen, or at the
 * scenario's limit. Knows no scenario; it sees only what the CPUs report of themselves.
 */
public final class MachineJudge implements CutJudge {
  /** Virtual time between looks at the machine. */
  private static final long LOOK_EVERY_NANOS = 50_000;

  /** On large machines a look costs more, so it comes less often, but never less often than this. */
  private static final long LOOK_EVERY_MOST_NANOS = 500_000;

  private final MachineSetup setup;
  private final long lookEveryCycles;
  private final long firstPatchCycle;
  private final StaleCodeJudge staleCode = new StaleCodeJudge();
  private final int[] storesSeen;
  private final int[] flushesSeen;
  private final long limitCycle;
  private Ending ending;

  /**
   * How a run ended, before what its logs say is weighed.
   *
   * @param verdict DEADLOCK, LOST_MESSAGE, LIMIT_REACHED, or HEALTHY if all work was done
   * @param cycle when that was known
   * @param knot the dead CPUs, for DEADLOCK
   * @param staleCode executed words that memory no longer held
   */
  public record Ending(
      Verdict verdict,
      long cycle,
      Optional<WaitForGraph.Knot> knot,
      StaleCodeJudge.Count staleCode) {}

  public MachineJudge(MachineSetup setup) {
    this.setup = setup;
    int cpus = setup.board().cpuCount();
    this.storesSeen = new int[cpus];
    this.flushesSeen = new int[cpus];
    this.firstPatchCycle = setup.firstPatchCycle();
    long lookEveryNanos =
        Math.clamp(LOOK_EVERY_NANOS * cpus / 1024, LOOK_EVERY_NANOS, LOOK_EVERY_MOST_NANOS);
    this.lookEveryCycles = setup.board().cycleAt(lookEveryNanos);
    this.limitCycle = setup.board().cycleAt(setup.virtualTimeLimitNanos());
  }

  /** Empty until a judgement said STOP. */
  public Optional<Ending> ending() {
    return Optional.ofNullable(ending);
  }

  @Override
  public long nextCutAfter(long cycle) {
    long look = (cycle / lookEveryCycles + 1) * lookEveryCycles;
    return cycle < limitCycle ? Math.min(look, limitCycle) : look;
  }

  @Override
  public long limitCycle() {
    return limitCycle;
  }

  /** However short somebody has been blocked: the next thing to happen, and so the next look, may be far away. */
  @Override
  public boolean wantsReports(Cut cut, long blockedSince) {
    boolean somebodyBlocked = blockedSince <= cut.cycle();
    boolean mayBePatching = cut.cycle() >= firstPatchCycle;
    return somebodyBlocked || mayBePatching || cut.quiescent() || cut.cycle() >= limitCycle;
  }

  @Override
  public Decision judge(Cut cut, List<Report> reports) {
    List<CpuReport> cpus = new ArrayList<>(setup.board().cpuCount());
    boolean scriptDone = false;
    for (Report report : reports) {
      if (report instanceof CpuReport cpu) {
        cpus.add(cpu);
      } else if (report instanceof ConsoleReport console) {
        scriptDone = console.allDone();
      }
    }
    judgeStaleCode(cpus);
    Optional<WaitForGraph.Knot> knot = new WaitForGraph(cpus).knot();
    if (knot.isPresent()) {
      return end(Verdict.DEADLOCK, Math.min(cut.cycle(), limitCycle), knot);
    }
    if (cut.quiescent()) {
      boolean workDone =
          scriptDone && cpus.stream().noneMatch(cpu -> cpu.guestRuns() || cpu.shellBusy());
      // nobody is dead by the CPUs' own account, yet nothing will ever happen: a message they count
      // on is not there
      return end(
          workDone ? Verdict.HEALTHY : Verdict.LOST_MESSAGE,
          cut.lastEventCycle(),
          Optional.empty());
    }
    if (cut.cycle() >= limitCycle) {
      return end(Verdict.LIMIT_REACHED, limitCycle, Optional.empty());
    }
    return Decision.GO_ON;
  }

  /** What the CPUs have logged since the last look. */
  private void judgeStaleCode(List<CpuReport> cpus) {
    List<PatchStore> stores = new ArrayList<>();
    List<FlushRecord> flushes = new ArrayList<>();
    List<ExecutionLog.View> executions = new ArrayList<>();
    for (CpuReport cpu : cpus) {
      CpuReport.Logs logs = cpu.logs();
      stores.addAll(logs.stores().subList(storesSeen[cpu.cpu()], logs.stores().size()));
      flushes.addAll(logs.flushes().subList(flushesSeen[cpu.cpu()], logs.flushes().size()));
      storesSeen[cpu.cpu()] = logs.stores().size();
      flushesSeen[cpu.cpu()] = logs.flushes().size();
      executions.add(logs.executions());
    }
    staleCode.accept(stores, flushes, executions);
  }

  private Decision end(Verdict verdict, long cycle, Optional<WaitForGraph.Knot> knot) {
    ending = new Ending(verdict, cycle, knot, staleCode.count());
    return Decision.STOP;
  }
}
