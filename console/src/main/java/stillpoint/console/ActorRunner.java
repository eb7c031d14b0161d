package stillpoint.console;

import stillpoint.actors.RunOptions;
import stillpoint.actors.Simulation;
import stillpoint.kernel.report.RunReport;
import stillpoint.kernel.system.EmulatedMachine;
import stillpoint.kernel.system.MachineJudge;
import stillpoint.kernel.system.MachineSetup;
import stillpoint.kernel.system.ReportBuilder;
import stillpoint.machine.elf.ElfFormatException;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.RunOutcome;

/** Runs a machine on the actor engine of this process. */
final class ActorRunner implements Runner {
  @Override
  public Finished run(MachineSetup setup, Options options) {
    long start = System.nanoTime();
    EmulatedMachine machine = assemble(setup);
    MachineJudge judge = new MachineJudge(setup);
    RunOutcome outcome = Simulation.run(machine, judge, RunOptions.onThreads(options.threads()));
    MachineJudge.Ending ending =
        judge
            .ending()
            .orElseThrow(
                () ->
                    new BrokenInvariant(
                        "the run ended at cycle " + outcome.endCycle() + " unjudged"));
    RunReport report = new ReportBuilder(machine.shared(), ending, outcome.finalReports()).build();
    long wallMs = (System.nanoTime() - start) / 1_000_000;
    return new Finished(
        report,
        outcome.digest(),
        outcome.events(),
        1,
        outcome.windows(),
        outcome.rounds(),
        outcome.remoteBatches(),
        wallMs);
  }

  /** A guest that cannot run on this board is the user's to mend. */
  private static EmulatedMachine assemble(MachineSetup setup) {
    try {
      return new EmulatedMachine(setup);
    } catch (ElfFormatException e) {
      throw new UserError(e.getMessage());
    }
  }
}
