package stillpoint.console;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import stillpoint.actors.snapshot.CborSnapshots;
import stillpoint.kernel.config.GuestConfig;
import stillpoint.kernel.config.ScriptCommand;
import stillpoint.kernel.explore.CommonStart;
import stillpoint.kernel.explore.Explored;
import stillpoint.kernel.fault.Fault;
import stillpoint.kernel.fault.FaultKind;
import stillpoint.kernel.system.EmulatedMachine;
import stillpoint.kernel.system.MachineSetup;
import stillpoint.machine.elf.ElfFormatException;
import stillpoint.machine.explore.Plan;
import stillpoint.machine.explore.Profile;
import stillpoint.machine.explore.Schedule;
import stillpoint.machine.explore.Strategy;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.Model;
import stillpoint.machine.time.SeededRandom;
import stillpoint.machine.time.Snapshots;

/**
 * The variations of one scenario: run number n is the same run wherever and whenever it is made. The machine is put together
 * once; each run takes fresh processes of it, on the caller's thread. May be shared between threads.
 */
final class Variations {
  /** A line of the script may come so much earlier than written, compared with all others. */
  private static final long BEFORE_SCRIPT_NANOS = 5_000;

  private static final Function<Model, Snapshots> SNAPSHOTS = CborSnapshots::ofCommonStart;

  private final MachineSetup base;
  private final How how;
  private final EmulatedMachine machine;
  private final Explored undisturbed;

  /** By faults: what runs with these begin with. Empty if all begin at cycle 0. */
  private final Map<List<Fault.OfMachine>, Optional<CommonStart>> starts;

  /**
   * How variations are drawn.
   *
   * @param strategy which
   * @param depth of the bugs looked for, 1 or more
   * @param reachNanos the longest delay
   */
  record How(Strategy strategy, int depth, long reachNanos) {}

  /**
   * One run.
   *
   * @param number 0 .. ; 0 is the first variation, not the undisturbed run
   * @param setup all that it depends on, plans instead of single decisions
   * @param result what came out, or
   * @param broken the rule of its own that the simulator broke
   */
  record Run(long number, MachineSetup setup, Optional<Explored> result, Optional<String> broken) {}

  /** Runs the scenario once as it is, for what strategies choose from. */
  Variations(MachineSetup scenario, How how) {
    this.how = how;
    MachineSetup setup = scenario.withFaults(numbered(scenario.faults()));
    long most = Math.max(1, setup.board().cycleAt(how.reachNanos()));
    MachineSetup counting = setup.with(setup.seed(), Schedule.counting(most, firstCycle(setup)));
    EmulatedMachine alone = assemble(counting);
    this.undisturbed = Explored.run(alone);
    MachineSetup alike = counting.with(counting.guest().startedBy(counting.seed()));
    Optional<CommonStart> start = Optional.empty();
    if (how.reachNanos() >= GuestConfig.START_SKEW_MOST_NANOS) {
      EmulatedMachine together = assemble(alike);
      start = CommonStart.take(together, SNAPSHOTS).filter(CommonStart::pays);
      alone = start.isPresent() ? together : alone;
    }
    this.machine = alone;
    this.base = machine.shared().setup();
    this.starts = new ConcurrentHashMap<>();
    if (start.isPresent()) {
      starts.put(base.faults(), start);
    }
  }

  /**
   * Where runs go on that have their beginning in common: a cycle. Their guests start as in the undisturbed run and stand
   * still for a while where their schedules begin, instead of starting at times of their own.
   */
  OptionalLong commonStart() {
    Optional<CommonStart> start = starts.getOrDefault(base.faults(), Optional.empty());
    return start.isPresent() ? OptionalLong.of(start.get().cycle()) : OptionalLong.empty();
  }

  /** What a run may begin with. */
  private Optional<CommonStart> startOf(MachineSetup setup) {
    boolean none = starts.isEmpty() || setup.guest() != base.guest();
    return none
        ? Optional.empty()
        : starts
            .computeIfAbsent(
                setup.faults(),
                faults -> CommonStart.take(machine.varied(base.withFaults(faults)), SNAPSHOTS))
            .filter(start -> start.fits(setup));
  }

  private Explored run(EmulatedMachine varied, BooleanSupplier stop) {
    Explored.Watched watched = judge -> new StoppableJudge(judge, stop);
    Optional<CommonStart> start = startOf(varied.shared().setup());
    return start.isPresent()
        ? start.get().run(varied, watched, SNAPSHOTS)
        : Explored.run(varied, watched);
  }

  private static EmulatedMachine assemble(MachineSetup setup) {
    try {
      return new EmulatedMachine(setup);
    } catch (ElfFormatException e) {
      throw new UserError(e.getMessage());
    }
  }

  /** Before the first line of the script there is nothing worth disturbing but when each CPU starts, which the seed decides. */
  private static long firstCycle(MachineSetup setup) {
    long first =
        setup.script().stream().mapToLong(ScriptCommand::atNanos).min().orElse(0)
            - BEFORE_SCRIPT_NANOS;
    return setup.board().cycleAt(Math.max(0, first));
  }

  /** The scenario as it is. */
  Explored undisturbed() {
    return undisturbed;
  }

  Profile profile() {
    return undisturbed.profile();
  }

  /** All that variation {@code number} depends on. */
  MachineSetup setup(long number) {
    SeededRandom random = SeededRandom.ofSeed(base.seed()).fork("explore").fork(number);
    Schedule schedule =
        how.strategy()
            .draw(random.nextLong(), profile(), base.schedule().mostCycles(), how.depth());
    if (commonStart().isPresent()) {
      schedule = schedule.planning(withStarts(schedule.plans(), random.fork("starts").nextLong()));
    }
    MachineSetup varied = base.with(random.nextLong(), schedule);
    return how.strategy() == Strategy.SWARM ? swarm(varied, random) : varied;
  }

  private List<Plan> withStarts(List<Plan> plans, long seed) {
    List<Plan> all = new ArrayList<>(plans);
    long most = base.board().cycleAt(GuestConfig.START_SKEW_MOST_NANOS);
    all.add(new Plan.Starts(seed, (int) Math.max(1, most)));
    return all;
  }

  /** With some kinds of faults, the others out. */
  private static MachineSetup swarm(MachineSetup setup, SeededRandom random) {
    Set<FaultKind> kinds = EnumSet.noneOf(FaultKind.class);
    for (FaultKind kind : FaultKind.values()) {
      if (random.nextInt(2) == 1) {
        kinds.add(kind);
      }
    }
    return setup.withFaults(
        numbered(setup.faults().stream().filter(fault -> kinds.contains(fault.kind())).toList()));
  }

  /** As a scenario numbers them that has these faults alone. */
  static List<Fault.OfMachine> numbered(List<Fault.OfMachine> faults) {
    List<Fault.OfMachine> all = new ArrayList<>();
    faults.forEach(fault -> all.add(fault.numbered(all.size() + 1)));
    return all;
  }

  /**
   * Makes variation {@code number}.
   *
   * @param stop asked at each cut
   * @return empty if stopped
   */
  Optional<Run> run(long number, BooleanSupplier stop) {
    MachineSetup setup = setup(number);
    try {
      Explored result = run(machine.varied(setup), stop);
      return Optional.of(new Run(number, setup, Optional.of(result), Optional.empty()));
    } catch (StoppableJudge.Stopped stopped) {
      return Optional.empty();
    } catch (BrokenInvariant broken) {
      return Optional.of(
          new Run(number, setup, Optional.empty(), Optional.of(broken.getMessage())));
    }
  }

  /** Makes variation {@code number} without what it has in common with others: the same run. */
  Explored runFromReset(long number) {
    return Explored.run(machine.varied(setup(number)));
  }

  /** Another machine of the same kind, or a smaller one. */
  Explored run(MachineSetup setup, BooleanSupplier stop) {
    boolean same =
        setup.board().equals(base.board())
            && setup.kernel().equals(base.kernel())
            && setup.guest() == base.guest();
    return run(same ? machine.varied(setup) : assemble(setup), stop);
  }
}
