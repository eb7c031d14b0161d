package stillpoint.machine.explore;

import stillpoint.machine.time.SeededRandom;

/** What a plan decides of one process. */
sealed interface Decider {
  /** How late a message is. */
  long message(long number, int target, long cycle);

  /** How long the process stands still after a step. */
  long step(long number, long cycle);

  static Decider of(Plan plan, int process) {
    return switch (plan) {
      case Plan.Uniform uniform -> new Dice(uniform, process);
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

    Dice(Plan.Uniform plan, int process) {
      this.perMille = plan.perMille();
      this.reachCycles = plan.reachCycles();
      SeededRandom own = SeededRandom.ofSeed(plan.seed()).fork(process);
      this.messages = own.fork("messages");
      this.steps = own.fork("steps");
    }

    @Override
    public long message(long number, int target, long cycle) {
      return throwing(messages);
    }

    @Override
    public long step(long number, long cycle) {
      return throwing(steps);
    }

    private long throwing(SeededRandom random) {
      return random.nextInt(1000) < perMille ? logUniform(random, reachCycles) : 0;
    }
  }

  /** See {@link Plan.Priorities}. */
  final class Priority implements Decider {
    private final Plan.Priorities plan;
    private final int process;
    private long lateCycles;

    Priority(Plan.Priorities plan, int process) {
      this.plan = plan;
      this.process = process;
      double priority =
          SeededRandom.ofSeed(plan.seed()).fork("priority").fork(process).nextDouble();
      this.lateCycles = (long) (priority * plan.reachCycles());
    }

    @Override
    public long message(long number, int target, long cycle) {
      falls(Delay.Kind.MESSAGE, number);
      return lateCycles;
    }

    @Override
    public long step(long number, long cycle) {
      return falls(Delay.Kind.STEP, number) ? plan.reachCycles() : 0;
    }

    /** Below all priorities at the start, and below those that stand before it in the list. */
    private boolean falls(Delay.Kind kind, long number) {
      int index = plan.changes().indexOf(new Plan.ChangePoint(kind, process, number));
      if (index < 0) {
        return false;
      }
      lateCycles = plan.reachCycles() + plan.reachCycles() * (index + 1) / plan.changes().size();
      return true;
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
