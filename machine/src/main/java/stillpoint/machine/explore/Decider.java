package stillpoint.machine.explore;

import java.util.TreeMap;
import stillpoint.machine.time.SeededRandom;

/** What a plan decides of one process. */
sealed interface Decider {
  /** How late a message is. */
  long message(long number, int target, long cycle);

  /** How long the process stands still after a step. */
  long step(long number, long cycle);

  /** How late a store leaves the buffer. */
  long store(long number, long cycle);

  /** How long the process stands still where the schedule begins. Asked once. */
  default long start() {
    return 0;
  }

  static Decider of(Plan plan, int process) {
    return switch (plan) {
      case Plan.Uniform uniform -> new Dice(uniform, process);
      case Plan.Starts starts -> new Start(starts, process);
      case Plan.Priorities priorities -> new Priority(priorities, process);
      case Plan.Starvation starvation -> new Starved(starvation, process);
    };
  }

  /** See {@link Plan.Uniform}. */
  final class Dice implements Decider {
    private final int perMille;
    private final long reachCycles;
    private final SeededRandom messages;
    private final SeededRandom steps;
    private final SeededRandom stores;

    Dice(Plan.Uniform plan, int process) {
      this.perMille = plan.perMille();
      this.reachCycles = plan.reachCycles();
      SeededRandom own = SeededRandom.ofSeed(plan.seed()).fork(process);
      this.messages = own.fork("messages");
      this.steps = own.fork("steps");
      this.stores = own.fork("stores");
    }

    @Override
    public long message(long number, int target, long cycle) {
      return throwing(messages);
    }

    @Override
    public long step(long number, long cycle) {
      return throwing(steps);
    }

    @Override
    public long store(long number, long cycle) {
      return throwing(stores);
    }

    private long throwing(SeededRandom random) {
      return random.nextInt(1000) < perMille ? logUniform(random, reachCycles) : 0;
    }
  }

  /** See {@link Plan.Priorities}. */
  final class Priority implements Decider {
    private final Plan.Priorities plan;
    private final int process;

    /** By receiver: how late what is sent there is. */
    private final TreeMap<Integer, Long> late = new TreeMap<>();

    Priority(Plan.Priorities plan, int process) {
      this.plan = plan;
      this.process = process;
      for (int rank = 0; rank < plan.links().size(); rank++) {
        Plan.Link link = plan.links().get(rank);
        if (link.from() == process) {
          late.put(link.to(), plan.reachCycles() * rank / Math.max(1, plan.links().size() - 1));
        }
      }
    }

    @Override
    public long message(long number, int target, long cycle) {
      int change = change(Delay.Kind.MESSAGE, number);
      if (change >= 0) {
        late.put(target, belowAll(change));
      }
      return late.getOrDefault(target, 0L);
    }

    /** Later than any link is by its rank; the later a change is in the list, the more. */
    private long belowAll(int change) {
      return plan.reachCycles() + plan.reachCycles() * (change + 1) / plan.changes().size();
    }

    @Override
    public long step(long number, long cycle) {
      return change(Delay.Kind.STEP, number) >= 0 ? plan.reachCycles() : 0;
    }

    @Override
    public long store(long number, long cycle) {
      int change = change(Delay.Kind.STORE, number);
      return change >= 0 ? belowAll(change) : 0;
    }

    private int change(Delay.Kind kind, long number) {
      return plan.changes().indexOf(new Plan.ChangePoint(kind, process, number));
    }
  }

  /** See {@link Plan.Starts}. */
  record Start(Plan.Starts plan, int process) implements Decider {
    @Override
    public long message(long number, int target, long cycle) {
      return 0;
    }

    @Override
    public long step(long number, long cycle) {
      return 0;
    }

    @Override
    public long store(long number, long cycle) {
      return 0;
    }

    @Override
    public long start() {
      return SeededRandom.ofSeed(plan.seed()).fork(process).nextInt(plan.reachCycles());
    }
  }

  /** See {@link Plan.Starvation}. */
  final class Starved implements Decider {
    private final Plan.Starvation plan;
    private final int process;

    Starved(Plan.Starvation plan, int process) {
      this.plan = plan;
      this.process = process;
    }

    @Override
    public long message(long number, int target, long cycle) {
      long until = cycle;
      for (Plan.Outage outage : plan.outages()) {
        if (within(outage, cycle) && outage.holds(process, target)) {
          until = Math.max(until, outage.untilCycle());
        }
      }
      return until - cycle;
    }

    @Override
    public long step(long number, long cycle) {
      long until = cycle;
      for (Plan.Outage outage : plan.outages()) {
        boolean whole = outage.process() == process && outage.peer() == Plan.Outage.EVERYBODY;
        if (whole && within(outage, cycle)) {
          until = Math.max(until, outage.untilCycle());
        }
      }
      return until - cycle;
    }

    /** The one that is starved first waits longest, beyond the end too: were all late until then, they would keep their order. */
    @Override
    public long store(long number, long cycle) {
      return 2 * step(number, cycle);
    }

    private static boolean within(Plan.Outage outage, long cycle) {
      return outage.fromCycle() <= cycle && cycle < outage.untilCycle();
    }
  }

  /** 1 .. most, every power of two as likely as the next. */
  static long logUniform(SeededRandom random, long most) {
    int bits = 64 - Long.numberOfLeadingZeros(most);
    long below = 1L << random.nextInt(bits);
    long value = below + (random.nextLong() >>> 1) % below;
    return Math.min(value, most);
  }
}
