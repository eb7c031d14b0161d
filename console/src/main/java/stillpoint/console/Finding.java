package stillpoint.console;

import stillpoint.clusterconfig.Scenario;
import stillpoint.kernel.explore.Explored;

/**
 * A run worth keeping, whole: it gives the same digest anywhere.
 *
 * @param scenario with the schedule of this run in it
 * @param guest the guest program's file
 * @param verdict that came out
 * @param signature of its cause
 * @param cause in words
 * @param digest that came out
 */
record Finding(
    Scenario scenario,
    byte[] guest,
    String verdict,
    String signature,
    String cause,
    String digest) {
  /** The run that {@code scenario} describes, and what it gave. */
  static Finding of(Scenario scenario, byte[] guest, Explored result) {
    return new Finding(
        scenario,
        guest,
        result.cause().verdict().text(),
        result.cause().signature(),
        result.cause().text(),
        result.digest());
  }
}
