package stillpoint.machine.bare;

import java.util.Locale;
import java.util.Set;
import stillpoint.machine.cpu.Core;
import stillpoint.machine.isa.Decoder;
import stillpoint.machine.isa.Disassembler;
import stillpoint.machine.isa.RegisterNames;
import stillpoint.machine.isa.Row;

/**
 * One line for each retired instruction: pc, word, instruction, and what it wrote. Between {@link
 * #before} and {@link #after} the core executes one cycle.
 */
public final class Tracer {
  private static final Set<String> NO_DESTINATION =
      Set.of(
          "sb", "sh", "sw", "sd", "swl", "swr", "sdl", "sdr", "beq", "bne", "beql", "bnel", "mtc0",
          "dmtc0", "tge", "tgeu", "tlt", "tltu", "teq", "tne");

  private final Core core;
  private final long[] registers = new long[32];
  private long pc;
  private long hi;
  private long lo;
  private long retired;

  public Tracer(Core core) {
    this.core = core;
  }

  /** Remembers what may change. */
  public void before() {
    pc = core.pc();
    retired = core.retired();
    hi = core.hi();
    lo = core.lo();
    for (int i = 0; i < registers.length; i++) {
      registers[i] = core.read(i);
    }
  }

  /** The line of the instruction that has retired since, or null if none has. */
  public String after() {
    if (core.retired() == retired) {
      return null;
    }
    int word = core.lastWord();
    StringBuilder line = new StringBuilder();
    String text = Disassembler.disassemble(pc, word).replace('\t', ' ');
    line.append(String.format(Locale.ROOT, "%016x %08x %-32s", pc, word, text));
    int destination = destinationOf(word);
    for (int i = 1; i < registers.length; i++) {
      if (i == destination || core.read(i) != registers[i]) {
        value(line, RegisterNames.nameOf(i), core.read(i));
      }
    }
    if (core.hi() != hi) {
      value(line, "hi", core.hi());
    }
    if (core.lo() != lo) {
      value(line, "lo", core.lo());
    }
    return line.toString().stripTrailing();
  }

  private static void value(StringBuilder line, String name, long value) {
    line.append(String.format(Locale.ROOT, " %s=%016x", name, value));
  }

  /** The register that an instruction writes even if its value stays; 0 for none. */
  private static int destinationOf(int word) {
    Row row = Decoder.rowOf(word);
    if (row == null || row.operands().isEmpty() || NO_DESTINATION.contains(row.mnemonic())) {
      return 0;
    }
    return switch (row.operands().getFirst().toString()) {
      case "rd", "link" -> row.pattern().get('d', word);
      case "rt" -> row.pattern().get('t', word);
      default -> 0;
    };
  }
}
