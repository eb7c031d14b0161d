package stillpoint.console;

import stillpoint.clusterconfig.Scenario;
import stillpoint.kernel.explore.Explored;

/**
 * A run worth keeping, whole: a program of the same build gives the same digest anywhere.
 *
 * @param scenario with the schedule of this run in it
 * @param guest the guest program's file
 * @param verdict that came out
 * @param signature of its cause
 * @param cause in words
 * @param digest that came out
 * @param build that it came out of, as {@link BuildMark} has it
 */
record Finding(
    Scenario scenario,
    byte[] guest,
    String verdict,
    String signature,
    String cause,
    String digest,
    String build) {
  /** The run that {@code scenario} describes, and what it gave. */
  static Finding of(Scenario scenario, byte[] guest, Explored result) {
    return new Finding(
        scenario,
        guest,
        result.cause().verdict().text(),
        result.cause().signature(),
        result.cause().text(),
        result.digest(),
        BuildMark.own());
  }
}
