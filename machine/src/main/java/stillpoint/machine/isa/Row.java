package stillpoint.machine.isa;

import java.util.Arrays;
import java.util.List;

/**
 * One row of the instruction table: the manual's page in a line.
 *
 * @param mnemonic as the manual and GNU as spell it, lower case
 * @param operands in assembly order; each knows how it prints, parses, and sits in the word
 * @param pattern the 32 bits
 * @param meaning what it does
 */
public record Row(String mnemonic, List<Operand> operands, Pattern pattern, Meaning meaning) {
  public Row {
    operands = List.copyOf(operands);
  }

  /** A row of the table as it is written there. */
  static Row row(String mnemonic, String operands, String pattern, Meaning meaning) {
    List<Operand> list =
        operands.isEmpty()
            ? List.of()
            : Arrays.stream(operands.split(", ")).map(Operand::named).toList();
    return new Row(mnemonic, list, new Pattern(pattern), meaning);
  }

  /**
   * Whether it is an operation on 64 bits, which supervisor and user mode have only if enabled.
   * (Moves of CP0 registers are no such operations.)
   */
  boolean isWide() {
    return switch (mnemonic) {
      case "ld", "ldl", "ldr", "lld", "lwu", "scd", "sd", "sdl", "sdr" -> true;
      case "di", "div", "divu", "deret", "dmfc0", "dmtc0" -> false;
      default -> mnemonic.startsWith("d");
    };
  }

  @Override
  public String toString() {
    return mnemonic + " [" + pattern + "]";
  }
}
