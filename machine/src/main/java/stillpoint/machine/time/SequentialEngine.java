package stillpoint.machine.time;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;

/**
 * Runs a model in the caller's thread, without shards, calendar or actors: in each window it looks
 * at every process in turn. Slow on large machines and plain to read; the digests of all other ways
 * to run must equal this one's.
 */
public final class SequentialEngine {
  private final WindowRule rule;
  private final NodeRule edges;
  private final CutJudge judge;
  private final ProcessRunner[] runners;
  private final Event[] inboxes;

  /** By process: its next own activity or event, those in its inbox included. */
  private final long[] nextCycles;

  /** By process: since when it is blocked; it can change only while the process runs. */
  private final long[] blockedSince;

  private long lastActiveCycle = -1;
  private final CutReports reports;

  /** Who has done something since the last cut that was judged. */
  private final BitSet changed = new BitSet();

  private final Snapshots snapshots;
  private final Consumer<MachineSnapshot> taken;

  private SequentialEngine(
      Model model,
      CutJudge judge,
      SnapshotSchedule schedule,
      Snapshots snapshots,
      Consumer<MachineSnapshot> taken) {
    this.rule = new WindowRule(model.lookaheadCycles(), 1);
    this.edges = NodeRule.alone(judge, schedule);
    this.snapshots = snapshots;
    this.taken = taken;
    this.judge = judge;
    this.runners = new ProcessRunner[model.size()];
    this.inboxes = new Event[model.size()];
    this.nextCycles = new long[model.size()];
    this.blockedSince = new long[model.size()];
    this.reports = new CutReports(model.size());
    changed.set(0, model.size());
    for (int id = 0; id < runners.length; id++) {
      runners[id] = new ProcessRunner(model, id);
      note(id);
    }
  }

  public static RunOutcome run(Model model, CutJudge judge) {
    return new SequentialEngine(model, judge, SnapshotSchedule.NONE, null, _ -> {}).run();
  }

  /** Runs from the beginning and hands over a snapshot whenever one is due. */
  public static RunOutcome run(
      Model model,
      CutJudge judge,
      SnapshotSchedule schedule,
      Snapshots snapshots,
      Consumer<MachineSnapshot> taken) {
    return new SequentialEngine(model, judge, schedule, snapshots, taken).run();
  }

  /** Goes on from a snapshot, with a model and a judge that have not run, and takes more of them. */
  public static RunOutcome resume(
      Model model,
      CutJudge judge,
      SnapshotSchedule schedule,
      Snapshots snapshots,
      RestorePoint from,
      Consumer<MachineSnapshot> taken) {
    var engine = new SequentialEngine(model, judge, schedule, snapshots, taken);
    engine.load(from);
    return engine.run();
  }

  private void load(RestorePoint from) {
    snapshots.load(from.judge(), judge);
    for (int id = 0; id < runners.length; id++) {
      runners[id].load(snapshots, from.process(id));
      runners[id].requireRestoredAt(from.at().cycle());
      note(id);
    }
    rule.resume(from.at());
    edges.resume(from.at());
  }

  private void save() {
    CutProgress at = edges.cutProgress(rule.openedCount());
    List<byte[]> processes = new ArrayList<>(runners.length);
    for (int id = 0; id < runners.length; id++) {
      processes.add(runners[id].save(snapshots, at.cycle(), inboxes[id]));
    }
    taken.accept(new MachineSnapshot(at, snapshots.save(judge), processes));
  }

  private RunOutcome run() {
    while (true) {
      rule.promise(rule.window(), 0, promise());
      switch (rule.next()) {
        case WindowRule.Open window -> runThrough(window.untilCycle());
        case WindowRule.AtEdge(Promise machine) -> {
          edges.promise(edges.round(), 0, machine);
          NodeRule.Run run;
          switch (edges.next()) {
            case NodeRule.Run next -> run = next;
            case NodeRule.AtCut(var cut, boolean last, boolean judged, boolean snapshot) -> {
              if (judged) {
                collect(cut.cycle());
                CutJudge.Decision decision = judge.judge(cut, reports);
                if (last || decision == CutJudge.Decision.STOP) {
                  return outcome(cut);
                }
              }
              if (snapshot) {
                save();
              }
              run = edges.goOn();
            }
          }
          rule.extend(run.untilCycle());
        }
      }
    }
  }

  private void runThrough(long untilCycle) {
    for (int id = 0; id < runners.length; id++) {
      if (nextCycles[id] >= untilCycle) {
        continue;
      }
      Event inbox = inboxes[id];
      inboxes[id] = null;
      runners[id].advance(untilCycle, inbox);
      note(id);
      changed.set(id);
      // delivered at once: nothing sent in this window arrives in it
      Event event = runners[id].takeSent();
      while (event != null) {
        Event rest = event.next();
        int target = event.target();
        inboxes[target] = event.inFrontOf(inboxes[target]);
        nextCycles[target] = Math.min(nextCycles[target], event.arrivalCycle());
        event = rest;
      }
    }
  }

  /** Process {@code id}, whose inbox is empty, has run. */
  private void note(int id) {
    nextCycles[id] = runners[id].nextCycle();
    blockedSince[id] = runners[id].blockedSince();
    lastActiveCycle = Math.max(lastActiveCycle, runners[id].lastActiveCycle());
  }

  private Promise promise() {
    long next = LogicalProcess.NEVER;
    long blocked = LogicalProcess.NEVER;
    for (int id = 0; id < runners.length; id++) {
      next = Math.min(next, nextCycles[id]);
      blocked = Math.min(blocked, blockedSince[id]);
    }
    return new Promise(next, blocked, lastActiveCycle);
  }

  private void collect(long cycle) {
    int[] ids = changed.stream().toArray();
    changed.clear();
    for (int id : ids) {
      reports.set(id, runners[id].inspect(cycle));
    }
    reports.changed(ids);
  }

  private RunOutcome outcome(CutJudge.Cut cut) {
    RunDigest digest = new RunDigest();
    long events = 0;
    for (ProcessRunner runner : runners) {
      digest.add(runner.id(), runner.eventHash(), runner.stateHash());
      events += runner.handledCount();
    }
    return new RunOutcome(
        digest.print(),
        reports.all(),
        cut.cycle(),
        cut.lastEventCycle(),
        events,
        rule.openedCount(),
        edges.round(),
        RemoteTraffic.NONE,
        cut.quiescent());
  }
}
