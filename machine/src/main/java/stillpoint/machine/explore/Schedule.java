package stillpoint.machine.explore;

import java.util.List;
import stillpoint.machine.time.BrokenInvariant;

/**
 * How a run's timing differs from that of the undisturbed machine: it only ever adds latency to messages on their links,
 * which stay FIFO, time to steps of a CPU's kernel, and time in the buffer to stores. So whatever comes out is a legal run
 * of the machine.
 *
 * @param mostCycles no message, no step and no store is later than this; 0 for a machine that is never disturbed
 * @param fromCycle plans decide nothing before this cycle
 * @param plans all of them apply, delays add up
 * @param delays decisions one by one, in any order
 */
public record Schedule(long mostCycles, long fromCycle, List<Plan> plans, List<Delay> delays) {
  /** Nothing is ever late. */
  public static final Schedule NONE = new Schedule(0, 0, List.of(), List.of());

  public Schedule {
    plans = List.copyOf(plans);
    delays = List.copyOf(delays);
    if (mostCycles < 0
        || fromCycle < 0
        || mostCycles == 0 && !(plans.isEmpty() && delays.isEmpty())) {
      throw new BrokenInvariant("a schedule with delays of up to " + mostCycles + " cycles");
    }
    for (Delay delay : delays) {
      if (delay.cycles() > mostCycles) {
        throw new BrokenInvariant(delay + " is longer than " + mostCycles + " cycles");
      }
    }
  }

  /** Nothing is late, but what each process does is counted. */
  public static Schedule counting(long mostCycles, long fromCycle) {
    return new Schedule(mostCycles, fromCycle, List.of(), List.of());
  }

  /** Whether processes have to be watched at all. */
  public boolean quiet() {
    return mostCycles == 0;
  }

  /** The same bounds with these decisions instead of all others. */
  public Schedule listing(List<Delay> others) {
    return new Schedule(mostCycles, fromCycle, List.of(), others);
  }

  /** The same bounds with these plans instead of all others. */
  public Schedule planning(List<Plan> others) {
    return new Schedule(mostCycles, fromCycle, others, List.of());
  }
}
