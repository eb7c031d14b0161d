package stillpoint.machine.explore;

import stillpoint.machine.time.BrokenInvariant;

/**
 * One decision of a schedule: something that a process does is late.
 *
 * @param kind what is late
 * @param process id of who sends, steps or stores
 * @param number of the message, step or store, counted from 0 over the whole run
 * @param cycles how late, 1 or more
 */
public record Delay(Kind kind, int process, long number, long cycles) {
  /** What can be late. */
  public enum Kind {
    /** A message takes longer on its way. */
    MESSAGE,
    /** A CPU stands still after a step of its kernel. */
    STEP,
    /** A store stays longer in its CPU's buffer, unless the CPU wants that empty. */
    STORE,
    /** A CPU that runs the guest stands still once, where a schedule begins. Its number is 0. */
    START
  }

  public Delay {
    if (process < 0 || number < 0 || cycles < 1) {
      throw new BrokenInvariant(
          "no delay: %s %d of process %d, %d cycles".formatted(kind, number, process, cycles));
    }
  }

  public Delay withCycles(long fewer) {
    return new Delay(kind, process, number, fewer);
  }
}
