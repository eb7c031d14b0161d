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

  @Override
  public String toString() {
    return mnemonic + " [" + pattern + "]";
  }
}
