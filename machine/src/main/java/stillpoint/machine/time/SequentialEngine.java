package stillpoint.machine.time;

import java.util.ArrayList;
import java.util.List;

/**
 * Runs a model in the caller's thread, without shards, calendar or actors: in each window it asks
 * every process in turn. Slow on large machines and plain to read; the digests of all other ways to
 * run must equal this one's.
 */
public final class SequentialEngine {
  private final WindowRule rule;
  private final NodeRule edges;
  private final CutJudge judge;
  private final ProcessRunner[] runners;
  private final Event[] inboxes;

  private SequentialEngine(Model model, CutJudge judge) {
    this.rule = new WindowRule(model.lookaheadCycles(), 1, 0);
    this.edges = NodeRule.alone(judge);
    this.judge = judge;
    this.runners = new ProcessRunner[model.size()];
    this.inboxes = new Event[model.size()];
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
      switch (rule.next()) {
        case WindowRule.Open window -> runThrough(window.untilCycle());
        case WindowRule.AtEdge(Promise machine) -> {
          edges.promise(edges.round(), 0, machine);
          switch (edges.next()) {
            case NodeRule.Run run -> rule.extend(run.untilCycle());
            case NodeRule.AtCut(CutJudge.Cut cut, boolean last) -> {
              List<Report> reports = reports(cut.cycle());
              CutJudge.Decision decision = judge.judge(cut, reports);
              if (last || decision == CutJudge.Decision.STOP) {
                return outcome(cut, reports);
              }
              rule.extend(edges.goOn().untilCycle());
            }
          }
        }
      }
    }
  }

  private void runThrough(long untilCycle) {
    for (int id = 0; id < runners.length; id++) {
      if (nextCycle(id) < untilCycle) {
        Event inbox = inboxes[id];
        inboxes[id] = null;
        runners[id].advance(untilCycle, inbox);
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

  private List<Report> reports(long cycle) {
    List<Report> reports = new ArrayList<>(runners.length);
    for (ProcessRunner runner : runners) {
      reports.add(runner.inspect(cycle));
    }
    return reports;
  }

  private RunOutcome outcome(CutJudge.Cut cut, List<Report> reports) {
    RunDigest digest = new RunDigest();
    long events = 0;
    for (ProcessRunner runner : runners) {
      digest.add(runner.id(), runner.eventHash(), runner.stateHash());
      events += runner.handledCount();
    }
    return new RunOutcome(
        digest.print(),
        reports,
        cut.cycle(),
        cut.lastEventCycle(),
        events,
        rule.openedCount(),
        0,
        cut.quiescent());
  }
}
