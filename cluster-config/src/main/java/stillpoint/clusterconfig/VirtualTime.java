package stillpoint.clusterconfig;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;

/** Times on the command line, with the units of scenarios. */
public final class VirtualTime {
  private VirtualTime() {}

  /**
   * A time with its unit, as virtual nanoseconds, 0 .. 1,000,000 s.
   *
   * @param option as messages name it
   * @throws ScenarioError if it is none; one line
   */
  public static long nanosOf(String option, String text) {
    var value = ConfigValueFactory.fromAnyRef(text, "command line");
    return new Section("", ConfigFactory.empty().root().withValue(option, value)).nanos(option);
  }
}
