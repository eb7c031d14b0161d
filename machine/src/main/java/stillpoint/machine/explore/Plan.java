package stillpoint.machine.explore;

import java.util.List;

/**
 * A rule that makes decisions while a run goes on: few words for many {@link Delay}s. What it decides of a process depends
 * on its own numbers and on what that process has done, on nothing else: so placement changes nothing.
 */
public sealed interface Plan {
  /**
   * Each message, each step and each store is late with a probability, by a time whose logarithm is uniform.
   *
   * @param perMille of messages, of steps and of stores, 1 .. 1000
   * @param reachCycles the longest delay
   */
  record Uniform(long seed, int perMille, long reachCycles) implements Plan {}

  /**
   * Priorities: PCT (Burckhardt, Kothari, Musuvathi and Nagarakatte, "A randomized scheduler with probabilistic guarantees of
   * finding bugs", ASPLOS 2010) with links for threads, as Ozkan and others did it for messages (PCTCP, OOPSLA 2018). What is
   * sent over the link of rank r of n comes r / (n - 1) of the reach late. At a change point a link falls below all others;
   * if it is a step, the CPU stands still for the reach once; if it is a store, that is later than any message by its rank.
   *
   * @param links highest priority first
   * @param changes in any order; a later one in this list is a lower priority
   */
  record Priorities(long reachCycles, List<Link> links, List<ChangePoint> changes) implements Plan {
    public Priorities {
      links = List.copyOf(links);
      changes = List.copyOf(changes);
    }
  }

  /**
   * Each CPU that runs the guest stands still once, at the schedule's first cycle, for a time drawn uniformly: as if it had
   * left reset so much later. For runs that have what comes before in common.
   *
   * @param reachCycles of all that may be drawn, the longest and one
   */
  record Starts(long seed, int reachCycles) implements Plan {}

  /** What one process sends to another. */
  record Link(int from, int to) {}

  /** Where a priority falls: that of the message's link, with this message; of a CPU, after this step; or of this store. */
  record ChangePoint(Delay.Kind kind, int process, long number) {}

  /**
   * Somebody is starved for a while (as rr's chaos mode does): nothing that he does or that is sent to him comes through
   * before the end. Stores of a starved CPU stay in its buffer for twice the time that is left, so that the first leaves last.
   */
  record Starvation(List<Outage> outages) implements Plan {
    public Starvation {
      outages = List.copyOf(outages);
    }
  }

  /**
   * @param process who is starved
   * @param peer if not {@link #EVERYBODY}, only the link between the two, both ways, and no steps
   * @param fromCycle first cycle of it
   * @param untilCycle first cycle after it
   */
  record Outage(int process, int peer, long fromCycle, long untilCycle) {
    public static final int EVERYBODY = -1;

    /** Whether a message between these two has to wait. */
    boolean holds(int from, int to) {
      return peer == EVERYBODY
          ? from == process || to == process
          : from == process && to == peer || from == peer && to == process;
    }
  }
}
