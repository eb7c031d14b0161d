package stillpoint.console;

import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import stillpoint.actors.RunOptions;
import stillpoint.actors.Simulation;
import stillpoint.actors.checkpoint.Checkpoint;
import stillpoint.actors.checkpoint.CheckpointError;
import stillpoint.actors.checkpoint.CheckpointFolder;
import stillpoint.actors.reconcile.Reconciliation;
import stillpoint.actors.snapshot.CborSnapshots;
import stillpoint.actors.snapshot.Checkpointing;
import stillpoint.actors.snapshot.DamagedSnapshot;
import stillpoint.actors.snapshot.SnapshotStore;
import stillpoint.kernel.report.RunReport;
import stillpoint.kernel.system.EmulatedMachine;
import stillpoint.kernel.system.MachineJudge;
import stillpoint.kernel.system.MachineSetup;
import stillpoint.kernel.system.ReportBuilder;
import stillpoint.machine.elf.ElfFormatException;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.CutJudge;
import stillpoint.machine.time.Model;
import stillpoint.machine.time.RestorePoint;
import stillpoint.machine.time.RunOutcome;
import stillpoint.machine.time.SequentialEngine;
import stillpoint.machine.time.SnapshotSchedule;

/** Runs a machine on the actor engine of this process. */
final class ActorRunner implements Runner {
  private static final Logger LOG = LoggerFactory.getLogger(ActorRunner.class);

  /** Carries a machine through a run. */
  @FunctionalInterface
  interface Engine {
    RunOutcome run(Model model, CutJudge judge, RunOptions options, Checkpointing checkpointing);
  }

  private final Engine engine;

  ActorRunner() {
    this(Simulation::run);
  }

  /** {@code engine}: another one, for tests of what it may do. */
  ActorRunner(Engine engine) {
    this.engine = engine;
  }

  @Override
  public Finished run(MachineSetup setup, Options options) {
    long start = System.nanoTime();
    try {
      return run(setup, options, options.checkpoints(), start);
    } catch (BrokenInvariant broken) {
      if (options.checkpoints().written().isEmpty()) {
        throw broken;
      }
      // a fault of the host may not strike again; one of the simulator will
      LOG.warn("once more from the last checkpoint: {}", broken.getMessage());
      return run(setup, options, lastOf(options.checkpoints()), start);
    }
  }

  /** Where the run goes on: the newest one it wrote, or, if there is none yet, where it began. */
  private static Checkpoints lastOf(Checkpoints checkpoints) {
    return checkpoints
        .written()
        .map(Checkpoints.Written::folder)
        .filter(Checkpoint::existsIn)
        .map(folder -> Checkpoint.newest(folder, Versions.stillpoint()))
        .map(newest -> new Checkpoints(checkpoints.written(), Optional.of(newest)))
        .orElse(checkpoints);
  }

  private Finished run(MachineSetup setup, Options options, Checkpoints checkpoints, long start) {
    EmulatedMachine machine = assemble(setup);
    MachineJudge judge = new MachineJudge(setup);
    RunOutcome outcome = run(machine, judge, RunOptions.onThreads(options.threads()), checkpoints);
    return finished(machine, judge, outcome, start);
  }

  @Override
  public Finished reconcile(MachineSetup setup, Options one, Options other) {
    long start = System.nanoTime();
    var sides = List.of(side(setup, one), side(setup, other));
    var result = Reconciliation.run(sides.get(0), sides.get(1));
    if (result.difference().isPresent()) {
      throw new BrokenInvariant(
          result.difference().get().text(sides.get(0).name(), sides.get(1).name()));
    }
    RunOutcome outcome = result.other().orElseThrow();
    return finished(
        (EmulatedMachine) sides.get(1).model(),
        (MachineJudge) sides.get(1).judge(),
        outcome,
        start);
  }

  private static Reconciliation.Side side(MachineSetup setup, Options options) {
    Reconciliation.Engine engine =
        options.threads() == Options.NO_ACTORS
            ? SequentialEngine::run
            : (model, judge) ->
                Simulation.run(model, judge, RunOptions.onThreads(options.threads()));
    return new Reconciliation.Side(
        options.describe(), assemble(setup), new MachineJudge(setup), engine);
  }

  private static Finished finished(
      EmulatedMachine machine, MachineJudge judge, RunOutcome outcome, long start) {
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
        outcome.remote(),
        wallMs,
        wallMs);
  }

  private RunOutcome run(
      EmulatedMachine machine, MachineJudge judge, RunOptions options, Checkpoints checkpoints) {
    if (checkpoints.equals(Checkpoints.NONE)) {
      return engine.run(machine, judge, options, Checkpointing.NONE);
    }
    try {
      return engine.run(machine, judge, options, checkpointing(machine, checkpoints));
    } catch (RuntimeException failure) {
      throw mendable(failure, checkpoints).map(RuntimeException.class::cast).orElse(failure);
    }
  }

  private static Checkpointing checkpointing(EmulatedMachine machine, Checkpoints checkpoints) {
    SnapshotSchedule schedule =
        checkpoints
            .written()
            .map(written -> machine.shared().map().board().cycleAt(written.everyNanos()))
            .map(SnapshotSchedule::new)
            .orElse(SnapshotSchedule.NONE);
    SnapshotStore store =
        checkpoints
            .written()
            .<SnapshotStore>map(
                written ->
                    new CheckpointFolder(written.folder(), written.identity(), machine.size()))
            .orElse(Checkpointing.NONE.store());
    return new Checkpointing(
        schedule,
        store,
        new CborSnapshots(machine),
        checkpoints.from().map(RestorePoint.class::cast));
  }

  /** What is wrong with a checkpoint or its folder, if that is what ended the run. */
  private static Optional<UserError> mendable(Throwable failure, Checkpoints checkpoints) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CheckpointError error) {
        return Optional.of(new UserError(error.getMessage()));
      }
      if (cause instanceof DamagedSnapshot damaged && checkpoints.from().isPresent()) {
        return Optional.of(
            new UserError(
                "%s cannot be gone on from: %s; run the scenario from its beginning"
                    .formatted(checkpoints.from().get().folder(), damaged.getMessage())));
      }
    }
    return Optional.empty();
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
