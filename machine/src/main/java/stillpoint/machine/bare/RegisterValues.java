package stillpoint.machine.bare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import stillpoint.machine.cpu.Core;
import stillpoint.machine.isa.RegisterNames;

/**
 * The registers of a core at one moment; the arrays are nobody else's and never changed.
 *
 * @param general 32 of them
 * @param cp0 those that {@link #lines} shows, in its order
 * @param retired instructions since reset
 */
public record RegisterValues(long[] general, long hi, long lo, long pc, long[] cp0, long retired) {
  /** CP0 registers that are shown: name, number, select. */
  private record Shown(String name, int register, int select) {}

  private static final List<Shown> CP0 =
      List.of(
          new Shown("status", 12, 0),
          new Shown("cause", 13, 0),
          new Shown("epc", 14, 0),
          new Shown("errorepc", 30, 0),
          new Shown("badvaddr", 8, 0),
          new Shown("ebase", 15, 1),
          new Shown("entryhi", 10, 0),
          new Shown("count", 9, 0),
          new Shown("compare", 11, 0));

  public static RegisterValues of(Core core) {
    long[] general = new long[32];
    for (int i = 0; i < general.length; i++) {
      general[i] = core.read(i);
    }
    long[] cp0 =
        CP0.stream()
            .mapToLong(one -> core.cp0().read(one.register(), one.select(), core.cycle()))
            .toArray();
    return new RegisterValues(general, core.hi(), core.lo(), core.pc(), cp0, core.retired());
  }

  /** For people: a line each, name and value in hexadecimal, and the count of instructions. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < general.length; i++) {
      lines.add(line(RegisterNames.nameOf(i), general[i]));
    }
    lines.add(line("hi", hi));
    lines.add(line("lo", lo));
    lines.add(line("pc", pc));
    for (int i = 0; i < cp0.length; i++) {
      lines.add(line(CP0.get(i).name(), cp0[i]));
    }
    lines.add("instructions " + retired);
    return lines;
  }

  private static String line(String name, long value) {
    return String.format(Locale.ROOT, "%-8s 0x%016x", name, value);
  }
}
