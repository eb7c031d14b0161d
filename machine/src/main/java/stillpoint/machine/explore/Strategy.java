package stillpoint.machine.explore;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import stillpoint.machine.time.SeededRandom;

/** How schedules are drawn. One seed gives one schedule. */
public enum Strategy {
  /** Messages, steps and stores are late at random: how many and by how much is drawn anew for each run. */
  RANDOM {
    @Override
    List<Plan> plans(SeededRandom random, Profile profile, long mostCycles, int depth) {
      return List.of(uniform(random, profile, mostCycles));
    }
  },
  /** Probabilistic concurrency testing: random priorities of links, and depth - 1 points at which one falls. */
  PCT {
    @Override
    List<Plan> plans(SeededRandom random, Profile profile, long mostCycles, int depth) {
      return List.of(priorities(random, profile, mostCycles, depth));
    }
  },
  /** A process or a link is starved for a while, one to four times. */
  CHAOS {
    @Override
    List<Plan> plans(SeededRandom random, Profile profile, long mostCycles, int depth) {
      return List.of(starvation(random, profile, mostCycles));
    }
  },
  /** A random subset of the other three at once, never none of them; and a random subset of the scenario's faults. */
  SWARM {
    @Override
    List<Plan> plans(SeededRandom random, Profile profile, long mostCycles, int depth) {
      int subset = 1 + random.nextInt(7);
      List<Plan> plans = new ArrayList<>();
      if ((subset & 1) != 0) {
        plans.add(uniform(random, profile, mostCycles));
      }
      if ((subset & 2) != 0) {
        plans.add(priorities(random, profile, mostCycles, depth));
      }
      if ((subset & 4) != 0) {
        plans.add(starvation(random, profile, mostCycles));
      }
      return plans;
    }
  };

  /** In a thousand: rare delays leave the rest of the run as it was, frequent ones reach far from it. */
  private static final int[] PER_MILLE = {500, 125, 31, 8, 2};

  private static final int MOST_OUTAGES = 4;

  /** The plans of one run. */
  abstract List<Plan> plans(SeededRandom random, Profile profile, long mostCycles, int depth);

  /**
   * Draws the schedule of one run.
   *
   * @param seed of this run alone
   * @param profile of the undisturbed run
   * @param mostCycles the longest delay
   * @param depth of the bugs looked for, 1 or more: PCT takes depth - 1 change points
   */
  public Schedule draw(long seed, Profile profile, long mostCycles, int depth) {
    SeededRandom random = SeededRandom.ofSeed(seed).fork("schedule");
    return new Schedule(
        mostCycles, profile.fromCycle(), plans(random, profile, mostCycles, depth), List.of());
  }

  private static Plan uniform(SeededRandom random, Profile profile, long mostCycles) {
    int perMille = PER_MILLE[random.nextInt(PER_MILLE.length)];
    return new Plan.Uniform(random.nextLong(), perMille, reach(random, profile, mostCycles));
  }

  private static Plan priorities(SeededRandom random, Profile profile, long mostCycles, int depth) {
    List<Plan.ChangePoint> changes = new ArrayList<>();
    long total = profile.total();
    for (int i = 1; i < depth && total > 0; i++) {
      changes.add(profile.at((random.nextLong() >>> 1) % total));
    }
    List<Plan.Link> links = new ArrayList<>(profile.links());
    for (int i = links.size() - 1; i > 0; i--) {
      Collections.swap(links, i, random.nextInt(i + 1));
    }
    // who has fallen is up to twice as late
    return new Plan.Priorities(Math.max(1, mostCycles / 2), links, changes);
  }

  private static Plan starvation(SeededRandom random, Profile profile, long mostCycles) {
    List<Plan.Outage> outages = new ArrayList<>();
    int count = 1 + random.nextInt(MOST_OUTAGES);
    long span = Math.max(1, profile.endCycle() - profile.fromCycle());
    for (int i = 0; i < count; i++) {
      int process = random.nextInt(profile.works().size());
      boolean link = random.nextInt(2) == 1;
      int peer = link ? random.nextInt(profile.works().size()) : Plan.Outage.EVERYBODY;
      long from = profile.fromCycle() + (random.nextLong() >>> 1) % span;
      outages.add(new Plan.Outage(process, peer, from, from + reach(random, profile, mostCycles)));
    }
    return new Plan.Starvation(outages);
  }

  /** A scale of time between the shortest link and the longest delay: some races are tight, some wide. */
  private static long reach(SeededRandom random, Profile profile, long mostCycles) {
    long least = Math.min(profile.lookaheadCycles(), mostCycles);
    long times = Decider.logUniform(random, Math.max(1, mostCycles / least));
    return Math.min(mostCycles, least * times + random.nextInt((int) Math.min(least, 1 << 20)));
  }
}
