package stillpoint.kernel.explore;

import java.util.List;
import stillpoint.kernel.report.RunReport;
import stillpoint.kernel.system.EmulatedMachine;
import stillpoint.kernel.system.MachineJudge;
import stillpoint.kernel.system.ReportBuilder;
import stillpoint.machine.explore.Delay;
import stillpoint.machine.explore.ObservedModel;
import stillpoint.machine.explore.Profile;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.CutJudge;
import stillpoint.machine.time.RunOutcome;
import stillpoint.machine.time.SequentialEngine;

/**
 * One run of a machine under its schedule, on the caller's thread.
 *
 * @param report what came out
 * @param cause why
 * @param digest of all that happened
 * @param struck what was late, as a list that gives the same run
 * @param profile how much each process did
 * @param events handled
 */
public record Explored(
    RunReport report,
    Cause cause,
    String digest,
    List<Delay> struck,
    Profile profile,
    long events) {
  public Explored {
    struck = List.copyOf(struck);
  }

  /** Judges, and can end a run before its time. */
  @FunctionalInterface
  public interface Watched {
    /** The judge to ask instead of the machine's own, which it asks in turn. */
    CutJudge around(MachineJudge judge);
  }

  /** Runs to the end. */
  public static Explored run(EmulatedMachine machine) {
    return run(machine, judge -> judge);
  }

  /**
   * Runs until the judge says stop.
   *
   * @throws BrokenInvariant if the simulator breaks a rule of its own, or the watching judge ended the run
   */
  public static Explored run(EmulatedMachine machine, Watched watched) {
    MachineJudge judge = new MachineJudge(machine.shared().setup());
    ObservedModel model = new ObservedModel(machine);
    RunOutcome outcome = SequentialEngine.run(model, watched.around(judge));
    return of(machine, judge, model, outcome);
  }

  static Explored of(
      EmulatedMachine machine, MachineJudge judge, ObservedModel model, RunOutcome outcome) {
    MachineJudge.Ending ending =
        judge
            .ending()
            .orElseThrow(
                () ->
                    new BrokenInvariant(
                        "the run ended at cycle " + outcome.endCycle() + " unjudged"));
    RunReport report = new ReportBuilder(machine.shared(), ending, outcome.finalReports()).build();
    return new Explored(
        report,
        Cause.of(report),
        outcome.digest(),
        model.struck(),
        model.profile(outcome.lastEventCycle()),
        outcome.events());
  }
}
