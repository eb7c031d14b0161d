package stillpoint.console;

import java.io.PrintWriter;
import java.util.Locale;
import stillpoint.machine.cpu.Core;
import stillpoint.machine.isa.RegisterNames;

/** All registers of a core, a line each: name, value in hexadecimal. */
final class RegisterDump {
  /** CP0 registers that are shown: name, number, select. */
  private record Shown(String name, int register, int select) {}

  private static final Shown[] CP0 = {
    new Shown("status", 12, 0),
    new Shown("cause", 13, 0),
    new Shown("epc", 14, 0),
    new Shown("errorepc", 30, 0),
    new Shown("badvaddr", 8, 0),
    new Shown("ebase", 15, 1),
    new Shown("entryhi", 10, 0),
    new Shown("count", 9, 0),
    new Shown("compare", 11, 0)
  };

  private RegisterDump() {}

  static void print(Core core, PrintWriter out) {
    for (int i = 0; i < 32; i++) {
      line(out, RegisterNames.nameOf(i), core.read(i));
    }
    line(out, "hi", core.hi());
    line(out, "lo", core.lo());
    line(out, "pc", core.pc());
    for (Shown shown : CP0) {
      line(out, shown.name(), core.cp0().read(shown.register(), shown.select(), core.cycle()));
    }
    out.printf(Locale.ROOT, "instructions %d%n", core.retired());
  }

  private static void line(PrintWriter out, String name, long value) {
    out.printf(Locale.ROOT, "%-8s 0x%016x%n", name, value);
  }
}
