package stillpoint.console;

import java.io.PrintWriter;
import java.io.StringWriter;

/** A run ended by a fault of the simulator itself: exit 5, with the line that replays it. */
final class SimulatorBroke extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String replay;

  SimulatorBroke(Throwable cause, String replay) {
    super(describe(cause), cause);
    this.replay = replay;
  }

  String replay() {
    return replay;
  }

  String trace() {
    StringWriter text = new StringWriter();
    getCause().printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  private static String describe(Throwable cause) {
    return switch (cause) {
      case stillpoint.machine.time.BrokenInvariant broken -> broken.getMessage();
      case OutOfMemoryError _ ->
          "out of memory; give more with STILLPOINT_JAVA_OPTS=-Xmx4g, or simulate fewer CPUs";
      default -> "unexpected " + cause;
    };
  }
}
