package stillpoint.console;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import stillpoint.clusterconfig.ElfLoader;
import stillpoint.clusterconfig.Overrides;
import stillpoint.clusterconfig.Scenario;
import stillpoint.clusterconfig.ScenarioError;
import stillpoint.clusterconfig.ScenarioReader;
import stillpoint.kernel.config.GuestConfig;
import stillpoint.kernel.config.ScriptCommand;
import stillpoint.kernel.config.ShellCommand;
import stillpoint.kernel.explore.Explored;
import stillpoint.kernel.fault.Fault;
import stillpoint.kernel.ftrace.CallSites;
import stillpoint.kernel.system.EmulatedMachine;
import stillpoint.kernel.system.MachineSetup;
import stillpoint.machine.elf.ElfFormatException;
import stillpoint.machine.explore.Ddmin;
import stillpoint.machine.explore.Decisions;
import stillpoint.machine.explore.Delay;
import stillpoint.machine.explore.Schedule;
import stillpoint.machine.interconnect.MachineMap;
import stillpoint.machine.interrupt.CpuSet;
import stillpoint.machine.time.BrokenInvariant;

/**
 * Makes a finding smaller as long as its cause stays: delta debugging over decisions, lines of the script, CPUs, CPUs that run
 * the guest, and traced functions, again and again until no single part can go, or time is up.
 */
final class Shrinker {
  /** Each round makes something smaller; more than a few are a sign that two kinds of part undo each other. */
  private static final int MOST_ROUNDS = 50;

  private final ElfLoader elfs;
  private final byte[] guest;
  private final String cause;
  private final BooleanSupplier enough;
  private final Consumer<String> progress;
  private Scenario best;
  private Explored result;
  private EmulatedMachine machine;
  private long runs;

  /**
   * What came of it.
   *
   * @param minimal false if time was up before every single part had been tried
   * @param runs made for it
   */
  record Shrunk(Finding finding, boolean minimal, long runs) {}

  /**
   * @param enough once true, the smallest so far is the result
   * @param progress told how it shrinks, a line each
   */
  Shrinker(ElfLoader elfs, Finding finding, BooleanSupplier enough, Consumer<String> progress) {
    this.elfs = elfs;
    this.guest = finding.guest();
    this.cause = finding.cause();
    this.enough = enough;
    this.progress = progress;
    this.best = finding.scenario();
  }

  Shrunk shrink() {
    result = run(best.setup()).orElse(null);
    if (result == null || !result.cause().text().equals(cause)) {
      throw new BrokenInvariant(
          "a finding came out otherwise when it was run again: "
              + (result == null ? "the run broke" : result.cause().text()));
    }
    list();
    boolean shrank = true;
    for (int round = 0; shrank && round < MOST_ROUNDS && !enough.getAsBoolean(); round++) {
      // | and not ||: every kind of part has its turn before the first one has another
      shrank = decisions() | faults() | script() | cpus() | guests() | functions();
    }
    return new Shrunk(Finding.of(best, guest, result), !shrank && !enough.getAsBoolean(), runs);
  }

  // ---- parts
  // ------------------------------------------------------------------------------------------

  private boolean decisions() {
    Schedule schedule = best.setup().schedule();
    if (schedule.quiet()) {
      return false;
    }
    List<Delay> all = schedule.delays();
    List<Delay> left =
        Decisions.minimise(all, schedule.mostCycles(), some -> shows(run(listing(some))), enough);
    if (left.equals(all) || !takes(Optional.of(best.with(listing(left))))) {
      return false;
    }
    tell("decisions", all.size(), left.size());
    tell("cycles of lateness", lateness(all), lateness(left));
    return true;
  }

  private static long lateness(List<Delay> delays) {
    return delays.stream().mapToLong(Delay::cycles).sum();
  }

  /** Single decisions instead of the plans that made them: the same run. */
  private void list() {
    if (!best.setup().schedule().plans().isEmpty()
        && !takes(Optional.of(best.with(listing(result.struck()))))) {
      throw new BrokenInvariant("the decisions of a run, listed, give another run");
    }
  }

  private MachineSetup listing(List<Delay> delays) {
    MachineSetup setup = best.setup();
    return setup.with(setup.seed(), setup.schedule().listing(delays));
  }

  private boolean faults() {
    List<Fault.OfMachine> all = best.setup().faults();
    List<Fault.OfMachine> left =
        parts("faults", all, some -> best.setup().withFaults(Variations.numbered(some)));
    return left.size() < all.size();
  }

  /** A filter of the tracer is no part: without it more functions are traced. It goes when the tracer has gone. */
  private boolean script() {
    List<ScriptCommand> all = best.setup().script();
    List<ScriptCommand> lines = all.stream().filter(line -> !filters(line)).toList();
    boolean shrank =
        parts("script lines", lines, some -> best.setup().with(withFilters(all, some))).size()
            < lines.size();
    List<ScriptCommand> left = best.setup().script();
    boolean traces =
        left.stream().anyMatch(line -> line.command() instanceof ShellCommand.SetCurrentTracer);
    List<ScriptCommand> unfiltered = left.stream().filter(line -> !filters(line)).toList();
    boolean idle = !traces && unfiltered.size() < left.size();
    return idle && takes(Optional.of(best.with(best.setup().with(unfiltered)))) || shrank;
  }

  private static boolean filters(ScriptCommand line) {
    return line.command() instanceof ShellCommand.SetFtraceFilter;
  }

  private static List<ScriptCommand> withFilters(
      List<ScriptCommand> all, List<ScriptCommand> some) {
    return all.stream().filter(line -> filters(line) || some.contains(line)).toList();
  }

  private boolean guests() {
    List<Integer> all = best.setup().guest().runOn().stream().boxed().toList();
    return parts("CPUs with guest", all, this::running).size() < all.size();
  }

  private MachineSetup running(List<Integer> cpus) {
    BitSet set = new BitSet();
    cpus.forEach(set::set);
    GuestConfig own = best.setup().guest();
    return best.setup().with(own.on(cpus.isEmpty() ? CpuSet.empty() : CpuSet.of(set)));
  }

  /** Sizes in ascending order; the first that shows the cause, then one less as long as that does. */
  private boolean cpus() {
    int before = best.setup().board().cpuCount();
    for (int size = 1; size < before && !enough.getAsBoolean(); size += size < 4 ? 1 : size / 2) {
      if (takes(sized(size))) {
        break;
      }
    }
    while (!enough.getAsBoolean() && takes(sized(best.setup().board().cpuCount() - 1))) {
      // takes() has made it smaller
    }
    return tell("CPUs", before, best.setup().board().cpuCount());
  }

  /** On a board with fewer CPUs, if the script fits there. */
  private Optional<Scenario> sized(int cpus) {
    if (cpus < 1) {
      return Optional.empty();
    }
    MachineSetup setup = best.setup();
    try {
      Scenario smaller =
          ScenarioReader.withGuest(elfs, guest)
              .read(
                  best.name(),
                  best.with(setup.with(setup.seed(), Schedule.NONE)).effective(),
                  new Overrides(OptionalLong.empty(), OptionalInt.of(cpus), List.of()));
      MachineSetup other = smaller.setup();
      return Optional.of(
          smaller.with(other.with(other.seed(), moved(setup.schedule(), setup, other))));
    } catch (ScenarioError | IllegalArgumentException doesNotFit) {
      return Optional.empty();
    }
  }

  /** Decisions belong to processes by name; those of processes that are gone go. */
  private static Schedule moved(Schedule schedule, MachineSetup from, MachineSetup to) {
    MachineMap old = new MachineMap(from.board());
    MachineMap fresh = new MachineMap(to.board());
    List<Delay> kept = new ArrayList<>();
    for (Delay delay : schedule.delays()) {
      for (int id = 0; id < fresh.size(); id++) {
        if (fresh.nameOf(id).equals(old.nameOf(delay.process()))) {
          kept.add(new Delay(delay.kind(), id, delay.number(), delay.cycles()));
        }
      }
    }
    return schedule.listing(kept);
  }

  /** With fewer functions traced, by a filter that is set just before the tracer is. */
  private boolean functions() {
    List<ScriptCommand> script = best.setup().script();
    Optional<ScriptCommand> tracer =
        script.stream()
            .filter(
                line ->
                    line.command() instanceof ShellCommand.SetCurrentTracer(boolean function)
                        && function)
            .findFirst();
    if (tracer.isEmpty()) {
      return false;
    }
    Optional<ScriptCommand> filter =
        script.stream()
            .filter(line -> line.command() instanceof ShellCommand.SetFtraceFilter)
            .findFirst();
    List<String> all =
        filter
            .map(line -> ((ShellCommand.SetFtraceFilter) line.command()).names())
            .orElseGet(
                () ->
                    machine.shared().sites().sites().stream()
                        .map(CallSites.CallSite::function)
                        .distinct()
                        .toList());
    List<String> left =
        parts(
            "traced functions",
            all,
            names -> names.isEmpty() ? null : tracing(script, names, tracer.get(), filter));
    return left.size() < all.size();
  }

  private MachineSetup tracing(
      List<ScriptCommand> before,
      List<String> names,
      ScriptCommand tracer,
      Optional<ScriptCommand> filter) {
    List<ScriptCommand> script = new ArrayList<>();
    ScriptCommand line =
        new ScriptCommand(
            filter.orElse(tracer).atNanos(),
            filter.orElse(tracer).cpu(),
            "echo " + String.join(" ", names) + " > /debug/tracing/set_ftrace_filter",
            new ShellCommand.SetFtraceFilter(names, false));
    for (ScriptCommand own : before) {
      if (filter.isEmpty() && own == tracer) {
        script.add(line);
      }
      script.add(filter.isPresent() && own == filter.get() ? line : own);
    }
    return best.setup().with(script);
  }

  // ---- one step
  // ---------------------------------------------------------------------------------------

  /**
   * Delta debugging over one kind of part.
   *
   * @param with the best so far with these parts instead; null for none that makes sense
   */
  private <T> List<T> parts(String what, List<T> all, Function<List<T>, MachineSetup> with) {
    List<T> left =
        Ddmin.minimise(
            all,
            some -> {
              MachineSetup setup = with.apply(some);
              return setup != null && takes(Optional.of(best.with(setup)));
            },
            enough);
    tell(what, all.size(), left.size());
    return left;
  }

  /** Whether the cause is the same; then this is the best so far. */
  private boolean takes(Optional<Scenario> candidate) {
    Optional<Explored> ran = candidate.flatMap(scenario -> run(scenario.setup()));
    boolean same = shows(ran);
    if (same) {
      best = candidate.get();
      result = ran.get();
    }
    return same;
  }

  private boolean shows(Optional<Explored> ran) {
    return ran.isPresent() && ran.get().cause().text().equals(cause);
  }

  /** Empty where the machine cannot be built or breaks: then it is another cause. */
  private Optional<Explored> run(MachineSetup setup) {
    runs++;
    try {
      boolean same =
          machine != null
              && machine.shared().setup().board().equals(setup.board())
              && machine.shared().setup().guest() == setup.guest();
      machine = same ? machine.varied(setup) : new EmulatedMachine(setup);
      return Optional.of(Explored.run(machine, judge -> new StoppableJudge(judge, enough)));
    } catch (ElfFormatException | BrokenInvariant | StoppableJudge.Stopped otherCause) {
      return Optional.empty();
    }
  }

  private boolean tell(String what, long before, long after) {
    if (after < before) {
      progress.accept(
          "%s: %s -> %s (run %s)"
              .formatted(what, Words.count(before), Words.count(after), Words.count(runs)));
    }
    return after < before;
  }
}
