package stillpoint.console;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import stillpoint.kernel.console.ConsoleProtocol;
import stillpoint.kernel.explore.Cause;
import stillpoint.kernel.report.RunReport;
import stillpoint.kernel.report.RunReport.WaitEdge;
import stillpoint.kernel.system.EmulatedMachine;
import stillpoint.kernel.system.MachineJudge;
import stillpoint.kernel.system.MachineSetup;
import stillpoint.kernel.system.ReportBuilder;
import stillpoint.machine.board.Board;
import stillpoint.machine.elf.ElfFormatException;
import stillpoint.machine.explore.Delay;
import stillpoint.machine.explore.ObservedModel;
import stillpoint.machine.interrupt.InterruptProtocol;
import stillpoint.machine.time.Message;
import stillpoint.machine.time.RunOutcome;
import stillpoint.machine.time.SequentialEngine;

/** A run told step by step: what was typed, IPIs, what was late, wrong code, who waited for whom. */
final class Story {
  private static final int MOST_STEPS = 200;

  /** A moment; equal ones in the order in which they came to be known. */
  private record Moment(long cycle, String text) {}

  private final List<Moment> moments = new ArrayList<>();
  private final MachineSetup setup;
  private final Board board;

  private Story(MachineSetup setup) {
    this.setup = setup;
    this.board = setup.board();
  }

  static List<String> of(MachineSetup setup) {
    return new Story(setup).told();
  }

  private List<String> told() {
    EmulatedMachine machine;
    try {
      machine = new EmulatedMachine(setup);
    } catch (ElfFormatException e) {
      throw new UserError(e.getMessage());
    }
    MachineJudge judge = new MachineJudge(setup);
    ObservedModel observed = new ObservedModel(machine);
    TellingModel model = new TellingModel(observed, this::sent, this::wasLate);
    RunOutcome outcome = SequentialEngine.run(model, judge);
    RunReport report =
        new ReportBuilder(machine.shared(), judge.ending().orElseThrow(), outcome.finalReports())
            .build();
    for (RunReport.Fault fault : report.faults()) {
      fault
          .strikes()
          .forEach(
              one ->
                  at(
                      one.atNanos(),
                      "fault %d, %s, strikes %s: %s"
                          .formatted(fault.number(), fault.kind(), one.victim(), one.what())));
    }
    report.lockups().forEach(one -> at(one.atNanos(), one.detector() + ": " + one.text()));
    for (RunReport.StaleFetch one : report.staleCode()) {
      String words =
          " executed %08x, the other word is %08x".formatted(one.oldWord(), one.newWord());
      moments.add(
          new Moment(
              one.cycle(), "cpu" + one.cpu() + " " + one.kind() + " at " + one.symbol() + words));
    }
    for (WaitEdge edge : report.cycle()) {
      String targets = edge.waitsFor().isEmpty() ? "" : Words.cpus(edge.waitsFor()) + ": ";
      at(
          Math.max(0, edge.sinceNanos()),
          "cpu%d waits for %s%s, in %s; in vain: %s"
              .formatted(edge.cpu(), targets, edge.what(), edge.in(), edge.because()));
    }
    at(report.verdictAtNanos(), "verdict: " + Cause.of(report).text());
    return lines();
  }

  private void at(long nanos, String text) {
    moments.add(new Moment(board.cycleAt(nanos), text));
  }

  private List<String> lines() {
    moments.sort(Comparator.comparingLong(Moment::cycle));
    List<String> lines = new ArrayList<>();
    int left = moments.size() - MOST_STEPS;
    for (int i = 0; i < moments.size(); i++) {
      Moment moment = moments.get(i);
      if (left <= 0 || i < MOST_STEPS / 2 || i >= moments.size() - MOST_STEPS / 2) {
        lines.add("%12d ns  %s".formatted(board.nanosAt(moment.cycle()), moment.text()));
      } else if (i == MOST_STEPS / 2) {
        lines.add("              ... " + Words.plural(left, "step") + " left out ...");
      }
    }
    return lines;
  }

  private void wasLate(long cycle, String name, Delay delay) {
    String time = Words.plural(delay.cycles(), "cycle");
    String number = Words.count(delay.number());
    String text =
        switch (delay.kind()) {
          case STEP, MESSAGE ->
              "%s stands still for %s after step %s of its kernel".formatted(name, time, number);
          case START -> "%s stands still for %s where the schedule begins".formatted(name, time);
          case STORE ->
              "%s keeps a store in its buffer for %s longer (store %s)"
                  .formatted(name, time, number);
        };
    moments.add(new Moment(cycle, text));
  }

  /** What crosses the machine and is worth telling: not the traffic of caches, unless it is late. */
  private void sent(TellingModel.Sent sent) {
    boolean told =
        switch (sent.message()) {
          case InterruptProtocol.ToController _, InterruptProtocol.ToCpu _ -> true;
          case ConsoleProtocol.TypedLine _ -> true;
          default -> sent.delay() != null;
        };
    if (!told) {
      return;
    }
    String late =
        sent.delay() == null
            ? ""
            : ", %s late (message %s)"
                .formatted(
                    Words.plural(sent.delay().cycles(), "cycle"),
                    Words.count(sent.delay().number()));
    moments.add(
        new Moment(
            sent.arrivalCycle(),
            sent.to() + " gets " + text(sent.message()) + " of " + sent.from() + late));
  }

  private String text(Message message) {
    return message instanceof ConsoleProtocol.TypedLine(int index)
        ? "typed '" + setup.script().get(index).line() + "'"
        : message.toString();
  }
}
