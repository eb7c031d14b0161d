package stillpoint.kernel.system;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import stillpoint.kernel.console.ConsoleReport;
import stillpoint.kernel.cpu.CpuReport;
import stillpoint.kernel.fault.StruckReport;
import stillpoint.kernel.flush.FlushRecord;
import stillpoint.kernel.ftrace.ExecutionLog;
import stillpoint.kernel.ftrace.PatchStore;
import stillpoint.kernel.ftrace.StaleCodeJudge;
import stillpoint.kernel.report.RunReport;
import stillpoint.kernel.report.Verdict;
import stillpoint.kernel.wait.KnotWatch;
import stillpoint.kernel.wait.WaitForGraph;
import stillpoint.machine.time.CutJudge;
import stillpoint.machine.time.CutReports;
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

  /** Looks that are left out where nothing is suspected, or all is known and only the guest's detectors go on. */
  private static final long RARELY = 200;

  private static final long PROVED = 1;

  private final MachineSetup setup;
  private final long lookEveryCycles;
  private final long firstPatchCycle;
  private final StaleCodeJudge staleCode = new StaleCodeJudge();
  private final int[] storesSeen;
  private final int[] flushesSeen;
  private final long limitCycle;
  private final LostMessages lostMessages;
  private final ProgressWatch progress;
  private final KnotWatch knots;
  private boolean scriptDone;
  private Optional<Proof> proof = Optional.empty();

  /** The judge that this one follows has a proof. */
  private boolean provedElsewhere;

  private Ending ending;

  /** A verdict, when it was known, and why. */
  private record Proof(Verdict verdict, long cycle, List<RunReport.WaitEdge> edges) {}

  /**
   * How a run ended, before what its logs say is weighed.
   *
   * @param verdict DEADLOCK, LOST_MESSAGE, LIVELOCK, LOCKUP, LIMIT_REACHED, or HEALTHY if all work was done
   * @param cycle when that was known
   * @param cycleEdges who waits for whom and why, as it was then; empty if that is not why it ended
   * @param staleCode executed words that memory no longer held
   */
  public record Ending(
      Verdict verdict,
      long cycle,
      List<RunReport.WaitEdge> cycleEdges,
      StaleCodeJudge.Count staleCode) {}

  public MachineJudge(MachineSetup setup) {
    this.setup = setup;
    int cpus = setup.board().cpuCount();
    this.storesSeen = new int[cpus];
    this.flushesSeen = new int[cpus];
    this.lostMessages = new LostMessages(setup);
    this.knots = new KnotWatch(cpus);
    this.progress = new ProgressWatch(cpus, setup.board().cycleAt(ProgressWatch.LIMIT_NANOS));
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
    long every = posture() == PROVED ? RARELY * lookEveryCycles : lookEveryCycles;
    long look = (cycle / every + 1) * every;
    return cycle < limitCycle ? Math.min(look, limitCycle) : look;
  }

  @Override
  public long limitCycle() {
    return limitCycle;
  }

  /** Whether there is a proof. */
  @Override
  public long posture() {
    return proof.isPresent() || provedElsewhere ? PROVED : 0;
  }

  @Override
  public void follow(long posture) {
    provedElsewhere = posture == PROVED && proof.isEmpty();
  }

  /** However short somebody has been blocked: the next thing to happen, and so the next look, may be far away. */
  @Override
  public boolean wantsReports(Cut cut, long blockedSince) {
    boolean somebodyBlocked = blockedSince <= cut.cycle();
    boolean mayBePatching = cut.cycle() >= firstPatchCycle;
    boolean nowAndThen = cut.cycle() / lookEveryCycles % RARELY == 0;
    return somebodyBlocked
        || mayBePatching
        || nowAndThen
        || cut.quiescent()
        || cut.cycle() >= limitCycle;
  }

  @Override
  public Decision judge(Cut cut, CutReports reports) {
    List<CpuReport> changed = accept(reports);
    List<CpuReport> all = cpusOf(reports);
    judgeStaleCode(changed);
    if (proof.isEmpty()) {
      proof = proof(cut, all);
    }
    if (proof.isPresent() && (setup.stopAtProof() || cut.quiescent())) {
      return end(proof.get(), all);
    }
    if (cut.quiescent()) {
      boolean workDone =
          scriptDone && all.stream().noneMatch(cpu -> cpu.guestRuns() || cpu.shellBusy());
      // nobody is dead by the CPUs' own account, yet nothing will ever happen: a message they count
      // on is not there
      // but for who stands still: that is why
      Verdict unless = anyHalted(all) ? Verdict.LOCKUP : Verdict.LOST_MESSAGE;
      return end(
          workDone
              ? new Proof(Verdict.HEALTHY, cut.lastEventCycle(), List.of())
              : new Proof(unless, cut.lastEventCycle(), missingAnswers(all)),
          all);
    }
    if (cut.cycle() >= limitCycle) {
      return end(proof.orElse(new Proof(Verdict.LIMIT_REACHED, limitCycle, List.of())), all);
    }
    return Decision.GO_ON;
  }

  /** A view: processes are numbered so that the CPUs come first. */
  private List<CpuReport> cpusOf(CutReports reports) {
    return new AbstractList<>() {
      @Override
      public CpuReport get(int cpu) {
        return (CpuReport) reports.get(cpu);
      }

      @Override
      public int size() {
        return setup.board().cpuCount();
      }
    };
  }

  /** Takes the new reports in; returns those of the CPUs. */
  private List<CpuReport> accept(CutReports reports) {
    List<CpuReport> changed = new ArrayList<>();
    for (int id : reports.changed()) {
      Report report = StruckReport.ownOf(reports.get(id));
      if (report instanceof CpuReport cpu) {
        changed.add(cpu);
        knots.accept(cpu);
        progress.accept(cpu);
        lostMessages.accept(cpu);
      } else if (report instanceof ConsoleReport console) {
        scriptDone = console.allDone();
      }
    }
    return changed;
  }

  /** Whatever can be proved at this cut, the gravest first. */
  private Optional<Proof> proof(Cut cut, List<CpuReport> cpus) {
    long cycle = Math.min(cut.cycle(), limitCycle);
    Optional<LostMessages.Lost> lost = lostMessages.look(cycle, cpus);
    boolean nothingGetsDone = progress.nothingGetsDone(cycle);
    if (knots.mayHaveKnot() || knots.discardedWork()) {
      Optional<Proof> found = proofByGraph(cycle, cpus);
      if (found.isPresent()) {
        return found;
      }
    }
    Optional<Proof> halted = anyHalted(cpus) ? proofByHalted(cycle, cpus) : Optional.empty();
    if (halted.isPresent()) {
      return halted;
    }
    if (lost.isPresent()) {
      long known = Math.min(cycle, lost.get().cycle());
      return Optional.of(new Proof(Verdict.LOST_MESSAGE, known, List.of(lost.get().edge())));
    }
    if (nothingGetsDone) {
      List<RunReport.WaitEdge> missing = missingAnswers(cpus);
      Verdict verdict = missing.isEmpty() ? Verdict.LIVELOCK : Verdict.LOST_MESSAGE;
      return Optional.of(new Proof(verdict, cycle, missing));
    }
    return Optional.empty();
  }

  private boolean anyHalted(List<CpuReport> cpus) {
    return !setup.faults().isEmpty()
        && cpus.stream().anyMatch(cpu -> cpu.activity().halted().isPresent());
  }

  /** Somebody needs a CPU that a fault has stopped for ever. */
  private Optional<Proof> proofByHalted(long cycle, List<CpuReport> cpus) {
    WaitForGraph graph = new WaitForGraph(cpus);
    WaitExplanation explanation = new WaitExplanation(setup, cpus, graph, cycle);
    return graph
        .waitingForHalted()
        .map(knot -> new Proof(Verdict.LOCKUP, cycle, explanation.edges(knot)));
  }

  private Optional<Proof> proofByGraph(long cycle, List<CpuReport> cpus) {
    WaitForGraph graph = new WaitForGraph(cpus);
    Verdict verdict = Verdict.DEADLOCK;
    Optional<WaitForGraph.Knot> found = graph.knot();
    if (found.isEmpty()) {
      verdict = Verdict.LOST_MESSAGE;
      found = graph.lost();
    }
    if (found.isEmpty()) {
      return Optional.empty();
    }
    WaitExplanation explanation = new WaitExplanation(setup, cpus, graph, cycle);
    return Optional.of(new Proof(verdict, cycle, explanation.edges(found.get())));
  }

  /** CPUs that wait for an answer of the fabric or of the interrupt controller, at a time when none can be on its way. */
  private static List<RunReport.WaitEdge> missingAnswers(List<CpuReport> cpus) {
    return cpus.stream()
        .filter(cpu -> !cpu.stalledOn().isEmpty())
        .map(
            cpu ->
                new RunReport.WaitEdge(
                    cpu.cpu(),
                    cpu.stack().isEmpty() ? cpu.task() : cpu.stack().getFirst(),
                    List.of(),
                    cpu.stalledOn(),
                    "the answer is lost",
                    -1))
        .toList();
  }

  /** What these CPUs have logged since the last look. */
  private void judgeStaleCode(List<CpuReport> cpus) {
    List<PatchStore> stores = new ArrayList<>();
    List<FlushRecord> flushes = new ArrayList<>();
    SortedMap<Integer, ExecutionLog.View> executions = new TreeMap<>();
    for (CpuReport cpu : cpus) {
      CpuReport.Logs logs = cpu.logs();
      stores.addAll(logs.stores().subList(storesSeen[cpu.cpu()], logs.stores().size()));
      flushes.addAll(logs.flushes().subList(flushesSeen[cpu.cpu()], logs.flushes().size()));
      storesSeen[cpu.cpu()] = logs.stores().size();
      flushesSeen[cpu.cpu()] = logs.flushes().size();
      if (logs.executions().size() > 0 || !logs.executions().torn().isEmpty()) {
        executions.put(cpu.cpu(), logs.executions());
      }
    }
    staleCode.accept(stores, flushes, executions);
  }

  private Decision end(Proof last, List<CpuReport> cpus) {
    boolean cutShort =
        last.verdict() == Verdict.LIMIT_REACHED && cpus.stream().anyMatch(CpuReport::shellBusy);
    ending = new Ending(last.verdict(), last.cycle(), last.edges(), staleCode.count(cutShort));
    return Decision.STOP;
  }
}
