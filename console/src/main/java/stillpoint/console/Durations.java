package stillpoint.console;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times on the command line that are real, not the simulated machine's. */
final class Durations {
  private static final Pattern TIME = Pattern.compile("(\\d{1,9})(ms|s|min)");

  private Durations() {}

  /**
   * @param option whose value it is
   */
  static long millis(String option, String text) {
    Matcher time = TIME.matcher(text);
    if (!time.matches()) {
      throw new UserError(
          option + " " + text + " is no time; give a number and ms, s or min: " + option + " 60s");
    }
    long number = Long.parseLong(time.group(1));
    return switch (time.group(2)) {
      case "ms" -> number;
      case "s" -> number * 1000;
      default -> number * 60_000;
    };
  }
}
