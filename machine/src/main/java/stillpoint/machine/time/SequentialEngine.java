package stillpoint.machine.time;

import java.util.BitSet;

/**
 * Runs a model in the caller's thread, without shards, calendar or actors: in each window it asks
 * every process in turn. Slow on large machines and plain to read; the digests of all other ways to
 * run must equal this one's.
 */
public final class SequentialEngine {
  private final WindowRule rule;
  private final CutJudge judge;
  private final ProcessRunner[] runners;
  private final Event[] inboxes;
  private final CutReports reports;

  /** Who has done something since the last cut that was judged. */
  private final BitSet changed = new BitSet();

  private SequentialEngine(Model model, CutJudge judge) {
    this.rule = new WindowRule(model.lookaheadCycles(), judge, 1);
    this.judge = judge;
    this.runners = new ProcessRunner[model.size()];
    this.inboxes = new Event[model.size()];
    this.reports = new CutReports(model.size());
    changed.set(0, model.size());
    for (int id = 0; id < runners.length; id++) {
      runners[id] = new ProcessRunner(model, id);
    }
  }

  public static RunOutcome run(Model model, CutJudge judge) {
    return new SequentialEngine(model, judge).run();
  }

  private RunOutcome run() {
    while (true) {
      rule.promise(rule.window(), 0, promise());
      WindowRule.Open window;
      switch (rule.next()) {
        case WindowRule.Open open -> window = open;
        case WindowRule.AtCut(CutJudge.Cut cut, boolean last) -> {
          collect(cut.cycle());
          CutJudge.Decision decision = judge.judge(cut, reports);
          if (last || decision == CutJudge.Decision.STOP) {
            return outcome(cut);
          }
          window = rule.open();
        }
      }
      runThrough(window.untilCycle());
    }
  }

  private void runThrough(long untilCycle) {
    for (int id = 0; id < runners.length; id++) {
      if (nextCycle(id) < untilCycle) {
        Event inbox = inboxes[id];
        inboxes[id] = null;
        runners[id].advance(untilCycle, inbox);
        changed.set(id);
      }
      // delivered at once: nothing sent in this window arrives in it
      Event event = runners[id].takeSent();
      while (event != null) {
        Event rest = event.next();
        inboxes[event.target()] = event.inFrontOf(inboxes[event.target()]);
        event = rest;
      }
    }
  }

  private long nextCycle(int id) {
    long earliest = runners[id].nextCycle();
    for (Event event = inboxes[id]; event != null; event = event.next()) {
      earliest = Math.min(earliest, event.arrivalCycle());
    }
    return earliest;
  }

  private Promise promise() {
    Promise machine = Promise.NONE;
    for (int id = 0; id < runners.length; id++) {
      machine =
          machine.and(
              new Promise(
                  nextCycle(id), runners[id].blockedSince(), runners[id].lastActiveCycle()));
    }
    return machine;
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
        rule.window(),
        0,
        cut.quiescent());
  }
}
