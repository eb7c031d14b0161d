package stillpoint.kernel.explore;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import stillpoint.kernel.system.EmulatedMachine;
import stillpoint.kernel.system.MachineJudge;
import stillpoint.kernel.system.MachineSetup;
import stillpoint.machine.explore.Delay;
import stillpoint.machine.explore.Lateness;
import stillpoint.machine.explore.ObservedModel;
import stillpoint.machine.explore.Schedule;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.CutJudge;
import stillpoint.machine.time.LogicalProcess;
import stillpoint.machine.time.MachineSnapshot;
import stillpoint.machine.time.Model;
import stillpoint.machine.time.RunOutcome;
import stillpoint.machine.time.RunnerState;
import stillpoint.machine.time.SeededRandom;
import stillpoint.machine.time.SequentialEngine;
import stillpoint.machine.time.SnapshotSchedule;
import stillpoint.machine.time.Snapshots;

/**
 * What runs of one machine have in common before their schedules begin: a snapshot of the undisturbed run, from which each
 * goes on as if it had begun at cycle 0.
 *
 * <p>The idea: two runs with equal setups but for seed and schedule differ in nothing until something is drawn or late. So at
 * the cut of the snapshot no process has done what a schedule could have made late, nor drawn from a generator; both are
 * checked, and there is no common start if either is not so. When guests start must not depend on the runs' seeds
 * ({@link stillpoint.kernel.config.GuestConfig#startSeed}). May be shared between threads.
 */
public final class CommonStart {
  /**
   * A window costs a microsecond at least, more with guests; reading a snapshot costs some ten nanoseconds a byte. So it pays
   * from here on whatever runs, and well with guests.
   */
  private static final long BYTES_A_WINDOW = 50;

  private final MachineSetup setup;
  private final MachineSnapshot snapshot;

  /** As they were at the cut. */
  private final List<Lateness> latenesses;

  private CommonStart(MachineSetup setup, MachineSnapshot snapshot, List<Lateness> latenesses) {
    this.setup = setup;
    this.snapshot = snapshot;
    this.latenesses = latenesses;
  }

  /** Ends the run that only the snapshot was wanted of. */
  private static final class Taken extends RuntimeException {
    private static final long serialVersionUID = 1;

    private Taken() {
      super("taken", null, false, false);
    }
  }

  /**
   * Runs a machine to a cut before its schedule begins.
   *
   * @param machine whose schedule only counts
   * @param snapshots of a model: such as leave each run its own generators
   * @return empty if nothing can be, or needs to be, had in common
   */
  public static Optional<CommonStart> take(
      EmulatedMachine machine, Function<Model, Snapshots> snapshots) {
    MachineSetup setup = machine.shared().setup();
    // where anything happens, cuts are one look apart
    long due = setup.schedule().fromCycle() - 2 * new MachineJudge(setup).nextCutAfter(0);
    boolean counting = setup.schedule().plans().isEmpty() && setup.schedule().delays().isEmpty();
    if (due < 1 || !counting) {
      return Optional.empty();
    }
    MachineSnapshot[] taken = new MachineSnapshot[1];
    ObservedModel model = new ObservedModel(machine);
    try {
      SequentialEngine.run(
          model,
          new MachineJudge(setup),
          new SnapshotSchedule(due),
          snapshots.apply(model),
          snapshot -> {
            taken[0] = snapshot;
            throw new Taken();
          });
    } catch (Taken end) {
      List<Lateness> latenesses = model.latenesses();
      CommonStart start = new CommonStart(setup, taken[0], latenesses);
      boolean before = taken[0].at().cycle() <= setup.schedule().fromCycle();
      return before
              && latenesses.stream().allMatch(Lateness::undisturbed)
              && start.opens(machine, snapshots)
          ? Optional.of(start)
          : Optional.empty();
    }
    return Optional.empty();
  }

  /** Whether no generator was used, and what is read, written again, is the same: so each has its place. */
  private boolean opens(EmulatedMachine machine, Function<Model, Snapshots> snapshots) {
    ObservedModel model = new ObservedModel(machine);
    Snapshots reading = snapshots.apply(model);
    try {
      for (int id = 0; id < model.size(); id++) {
        LogicalProcess process = model.create(id);
        RunnerState state = reading.load(snapshot.process(id), process);
        if (!Arrays.equals(reading.save(state, process), snapshot.process(id))) {
          throw new BrokenInvariant("process %d was not what its snapshot says".formatted(id));
        }
      }
      return true;
    } catch (SeededRandom.Drawn drawn) {
      return false;
    }
  }

  /** Whether to begin from here is clearly less work than to begin at cycle 0. Depends on the scenario alone. */
  public boolean pays() {
    return snapshot.at().window() >= bytes() / BYTES_A_WINDOW;
  }

  /** Size of the snapshot. */
  public long bytes() {
    return snapshot.judge().length
        + snapshot.processes().stream().mapToLong(process -> process.length).sum();
  }

  /** The cycle from which runs go on. */
  public long cycle() {
    return snapshot.at().cycle();
  }

  /** Whether a run with this setup begins like this. */
  public boolean fits(MachineSetup other) {
    Schedule own = setup.schedule();
    Schedule schedule = other.schedule();
    return other.with(setup.seed(), own).equals(setup)
        && (other.seed() == setup.seed() || setup.guest().startSeed().isPresent())
        && schedule.mostCycles() == own.mostCycles()
        && schedule.fromCycle() == own.fromCycle()
        && schedule.delays().stream().allMatch(this::isAhead);
  }

  private boolean isAhead(Delay delay) {
    return latenesses.stream().allMatch(lateness -> lateness.isAhead(delay));
  }

  /**
   * Makes the run that {@code machine} makes, from here on. Its setup must fit.
   *
   * @param snapshots as for {@link #take}
   */
  public Explored run(
      EmulatedMachine machine, Explored.Watched watched, Function<Model, Snapshots> snapshots) {
    MachineSetup wanted = machine.shared().setup();
    if (!fits(wanted)) {
      throw new BrokenInvariant("a run does not begin like the one that it is to go on from");
    }
    // snapshots name what configures a machine by its place: a schedule without plans, as here
    EmulatedMachine quiet = machine.varied(wanted.with(wanted.seed(), setup.schedule()));
    MachineJudge judge = new MachineJudge(quiet.shared().setup());
    ObservedModel model = new ObservedModel(quiet);
    Snapshots own = new Rescheduling(snapshots.apply(model), model, judge, wanted.schedule());
    RunOutcome outcome =
        SequentialEngine.resume(
            model, watched.around(judge), SnapshotSchedule.NONE, own, snapshot, _ -> {});
    return Explored.of(machine, judge, model, outcome);
  }

  /** Loads, and gives each process its schedule. */
  private record Rescheduling(
      Snapshots snapshots, ObservedModel model, MachineJudge judge, Schedule schedule)
      implements Snapshots {
    @Override
    public RunnerState load(byte[] snapshot, LogicalProcess process) {
      RunnerState state = snapshots.load(snapshot, process);
      model.latenessOf(state.id()).followFromNow(schedule);
      return state;
    }

    /** Who watches the judge has no state of its own. */
    @Override
    public void load(byte[] snapshot, CutJudge watching) {
      snapshots.load(snapshot, judge);
    }

    @Override
    public byte[] save(RunnerState state, LogicalProcess process) {
      return snapshots.save(state, process);
    }

    @Override
    public byte[] save(CutJudge watching) {
      return snapshots.save(judge);
    }
  }
}
