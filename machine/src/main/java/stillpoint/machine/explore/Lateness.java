package stillpoint.machine.explore;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.LogicalProcess;

/**
 * What a schedule does to one process: counts its messages, steps and stores, says how late each is, and keeps which were.
 * State of the process: it goes into snapshots with it. The digest does not see it, only what comes of it.
 */
public final class Lateness {
  /** Of a process that nobody disturbs. */
  private static final int NOBODY = -1;

  private final int process;
  private final long mostCycles;
  private final long fromCycle;
  private final List<Decider> deciders = new ArrayList<>();

  /** Decisions that are listed, by number. */
  private final TreeMap<Long, Long> lateMessages = new TreeMap<>();

  private final TreeMap<Long, Long> lateSteps = new TreeMap<>();
  private final TreeMap<Long, Long> lateStores = new TreeMap<>();

  /** When the process is to stand still once, or never. */
  private long startsAt;

  private long lateStart;

  /** By receiver: arrival of the last message sent to it. */
  private final TreeMap<Integer, Long> lastArrivals = new TreeMap<>();

  private final ArrayList<Delay> struck = new ArrayList<>();
  private long messages;
  private long steps;
  private long stores;

  /** Of those, how many came before anything may be late. */
  private long earlyMessages;

  private long earlySteps;
  private long earlyStores;

  public Lateness(Schedule schedule, int process) {
    this.process = schedule.quiet() ? NOBODY : process;
    this.mostCycles = schedule.mostCycles();
    this.fromCycle = schedule.fromCycle();
    follow(schedule, process);
  }

  private void follow(Schedule schedule, int id) {
    for (Plan plan : schedule.plans()) {
      deciders.add(Decider.of(plan, id));
      lateStart += deciders.getLast().start();
    }
    for (Delay delay : schedule.delays()) {
      if (delay.process() == id) {
        if (delay.kind() == Delay.Kind.START) {
          lateStart += delay.cycles();
        } else {
          listed(delay.kind()).merge(delay.number(), delay.cycles(), Long::sum);
        }
      }
    }
    startsAt = lateStart == 0 ? LogicalProcess.NEVER : fromCycle;
  }

  /**
   * Goes on under another schedule with the same bounds. What has come so far must be the same under both: nothing was late,
   * and nothing may be late under the new one.
   */
  public void followFromNow(Schedule schedule) {
    boolean same =
        schedule.mostCycles() == mostCycles
            && schedule.fromCycle() == fromCycle
            && process != NOBODY
            && deciders.isEmpty()
            && undisturbed()
            && schedule.delays().stream().allMatch(this::isAhead);
    if (!same || startsAt != LogicalProcess.NEVER) {
      throw new BrokenInvariant("process %d cannot change its schedule".formatted(process));
    }
    follow(schedule, process);
  }

  /** Whether nothing that came so far could have been late under any plan. */
  public boolean undisturbed() {
    return struck.isEmpty()
        && messages == earlyMessages
        && steps == earlySteps
        && stores == earlyStores;
  }

  /** Whether a decision is about what this process has not done yet, or about another process. */
  public boolean isAhead(Delay delay) {
    return delay.process() != process
        || switch (delay.kind()) {
          case MESSAGE -> delay.number() >= messages;
          case STEP -> delay.number() >= steps;
          case STORE -> delay.number() >= stores;
          case START -> true;
        };
  }

  /** When the process is to stand still once because the schedule begins, or never; for CPUs that run the guest. */
  public long startsAt() {
    return startsAt;
  }

  /** Cycles that it stands still then. Call once, at that time. */
  public long start() {
    startsAt = LogicalProcess.NEVER;
    return keep(Delay.Kind.START, 0, lateStart);
  }

  private TreeMap<Long, Long> listed(Delay.Kind kind) {
    return switch (kind) {
      case MESSAGE -> lateMessages;
      case STEP -> lateSteps;
      case STORE -> lateStores;
      case START -> throw new BrokenInvariant("there is one start, and no list of them");
    };
  }

  /** When a message arrives that was to arrive at {@code cycle}. Call once for each, in the order of sending. */
  long arrivalOf(int target, long cycle) {
    long number = messages++;
    long late = lateMessages.getOrDefault(number, 0L);
    if (cycle >= fromCycle) {
      for (Decider decider : deciders) {
        late += decider.message(number, target, cycle);
      }
    } else {
      earlyMessages = messages;
    }
    late = keep(Delay.Kind.MESSAGE, number, late);
    long arrival = Math.max(cycle + late, lastArrivals.getOrDefault(target, 0L));
    lastArrivals.put(target, arrival);
    return arrival;
  }

  /** Cycles that the process stands still after a step that ends at {@code cycle}. Call once for each step, in order. */
  public long afterStep(long cycle) {
    if (process == NOBODY) {
      return 0;
    }
    long number = steps++;
    long late = lateSteps.getOrDefault(number, 0L);
    if (cycle >= fromCycle) {
      for (Decider decider : deciders) {
        late += decider.step(number, cycle);
      }
    } else {
      earlySteps = steps;
    }
    return keep(Delay.Kind.STEP, number, late);
  }

  /**
   * Cycles that a store stays in the buffer beyond its time, which begins at {@code cycle}. Call once for each store that goes
   * into the buffer, in order.
   */
  public long ofStore(long cycle) {
    if (process == NOBODY) {
      return 0;
    }
    long number = stores++;
    long late = lateStores.getOrDefault(number, 0L);
    if (cycle >= fromCycle) {
      for (Decider decider : deciders) {
        late += decider.store(number, cycle);
      }
    } else {
      earlyStores = stores;
    }
    return keep(Delay.Kind.STORE, number, late);
  }

  private long keep(Delay.Kind kind, long number, long late) {
    long bounded = Math.min(late, mostCycles);
    if (bounded > 0) {
      struck.add(new Delay(kind, process, number, bounded));
    }
    return bounded;
  }

  /** Decisions so far, in the order in which they struck. Together they are the schedule of this process. */
  public List<Delay> struck() {
    return List.copyOf(struck);
  }

  /** Number of decisions so far. */
  public int struckCount() {
    return struck.size();
  }

  /** What the process has done so far. */
  Profile.Work work() {
    return new Profile.Work(
        earlyMessages,
        messages,
        earlySteps,
        steps,
        earlyStores,
        stores,
        List.copyOf(lastArrivals.keySet()));
  }

  /** All decisions of several processes, in one order for all schedules. */
  public static List<Delay> struck(List<Lateness> all) {
    return all.stream()
        .flatMap(one -> one.struck.stream())
        .sorted(
            Comparator.comparingInt(Delay::process)
                .thenComparing(Delay::kind)
                .thenComparingLong(Delay::number))
        .toList();
  }
}
