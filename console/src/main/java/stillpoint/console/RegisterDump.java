package stillpoint.console;

import java.io.PrintWriter;
import stillpoint.machine.bare.RegisterValues;

/** All registers of a core, a line each. */
final class RegisterDump {
  private RegisterDump() {}

  static void print(RegisterValues values, PrintWriter out) {
    values.lines().forEach(out::println);
  }
}
