package stillpoint.machine.isa;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;

/**
 * Instruction words as {@code objdump -d -M no-aliases} prints them for a Release 2 executable: CP0
 * registers by name, targets without 0x and with their symbol, and the few aliases that objdump
 * keeps all the same. What is no instruction of the table prints as .word.
 */
public final class ObjdumpStyle {
  private final boolean o32;
  private final LongFunction<String> places;

  /**
   * {@code o32}: register names of 32-bit files. {@code places}: how a branch target prints.
   */
  public ObjdumpStyle(boolean o32, LongFunction<String> places) {
    this.o32 = o32;
    this.places = places;
  }

  /** Whether objdump shows the word after this one even if it is zero: a delay slot. */
  public static boolean hasDelaySlot(int word) {
    Row row = Decoder.rowOf(word);
    return row != null && Assembler.hasDelaySlot(row.mnemonic());
  }

  /** {@code pc}: the word's address. Mnemonic and operands are parted by a tab. */
  public String text(long pc, int word) {
    Row row = Decoder.rowOf(word);
    if (row == null) {
      return ".word\t0x" + Integer.toHexString(word);
    }
    List<String> operands = new ArrayList<>();
    for (Operand operand : row.operands()) {
      String printed = print(row, operand, pc, word);
      if (printed != null) {
        operands.add(printed);
      }
    }
    return alias(row.mnemonic(), operands);
  }

  private String print(Row row, Operand operand, long pc, int word) {
    Pattern pattern = row.pattern();
    String printed = operand.print(pattern, word, pc);
    return switch (operand.toString()) {
      case "off", "target" -> places.apply(Long.parseUnsignedLong(printed.substring(2), 16));
      case "c0" -> CoprocessorNames.cp0(pattern.get('d', word), pattern.get('l', word));
      case "hwr" -> CoprocessorNames.hardware(pattern.get('d', word));
      case "off(rs)" -> {
        int open = printed.indexOf('(');
        String base = printed.substring(open + 1, printed.length() - 1);
        yield printed.substring(0, open + 1) + name(base) + ")";
      }
      default -> printed == null ? null : name(printed);
    };
  }

  /** A general register's name in this file's ABI; anything else is left as it is. */
  private String name(String printed) {
    int register =
        o32 && Character.isLetter(printed.charAt(0)) ? RegisterNames.numberOf(printed) : -1;
    return register < 0 ? printed : RegisterNames.o32NameOf(register);
  }

  private String alias(String mnemonic, List<String> operands) {
    String shown = mnemonic.replaceFirst("^(dext|dins)[mu]$", "$1");
    boolean fromZero = operands.size() == 3 && operands.get(1).equals("zero");
    if (fromZero && mnemonic.matches("d?subu?")) {
      shown = mnemonic.replace("sub", "neg");
      operands.remove(1);
    } else if (fromZero && !o32 && mnemonic.equals("ori")) {
      shown = "dli";
      operands.remove(1);
    } else if (mnemonic.matches("d?divu?")) {
      operands.addFirst("zero");
    }
    return operands.isEmpty() ? shown : shown + "\t" + String.join(",", operands);
  }
}
