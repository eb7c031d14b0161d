package stillpoint.console;

import stillpoint.actors.RunOptions;
import stillpoint.actors.Simulation;
import stillpoint.kernel.system.EmulatedMachine;
import stillpoint.kernel.system.MachineJudge;
import stillpoint.kernel.system.MachineSetup;
import stillpoint.kernel.system.ReportBuilder;
import stillpoint.machine.elf.ElfFormatException;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.RunOutcome;

/** Runs machines on actors in this process. */
final class ActorRunner implements Runner {
  @Override
  public Finished run(MachineSetup setup, Options options) {
    long begun = System.nanoTime();
    EmulatedMachine machine;
    try {
      machine = new EmulatedMachine(setup);
    } catch (ElfFormatException e) {
      throw new UserError(e.getMessage());
    }
    MachineJudge judge = new MachineJudge(setup);
    RunOutcome outcome = Simulation.run(machine, judge, RunOptions.onThreads(options.threads()));
    MachineJudge.Ending ending =
        judge
            .ending()
            .orElseThrow(
                () ->
                    new BrokenInvariant(
                        "the run ended at cycle " + outcome.endCycle() + " without a verdict"));
    return new Finished(
        new ReportBuilder(machine.shared(), ending, outcome.finalReports()).build(),
        outcome.digest(),
        outcome.events(),
        outcome.windows(),
        outcome.remoteBatches(),
        (System.nanoTime() - begun) / 1_000_000);
  }
}
