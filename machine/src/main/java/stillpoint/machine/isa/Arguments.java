package stillpoint.machine.isa;

import java.util.List;
import java.util.function.ToLongFunction;

/**
 * The operands of one source line, taken one by one; what it refuses becomes an {@link
 * AssemblyError} of that line.
 */
final class Arguments {
  private final int line;
  private final List<String> texts;
  private final ToLongFunction<String> symbols;
  private int next;

  /** {@code symbols}: value of an expression that is no number. */
  Arguments(int line, List<String> texts, ToLongFunction<String> symbols) {
    this.line = line;
    this.texts = texts;
    this.symbols = symbols;
  }

  int left() {
    return texts.size() - next;
  }

  String text() {
    if (left() == 0) {
      throw error("an operand is missing");
    }
    return texts.get(next++);
  }

  int register() {
    String text = text();
    int register = RegisterNames.numberOf(text);
    if (register < 0) {
      throw error("'" + text + "' is not a general register");
    }
    return register;
  }

  /** A CP0 or hardware register written as {@code $12}. */
  int numberedRegister() {
    String text = text();
    if (!text.matches("\\$[0-9]{1,2}") || Integer.parseInt(text.substring(1)) > 31) {
      throw error("'" + text + "' is not a register $0 .. $31");
    }
    return Integer.parseInt(text.substring(1));
  }

  long value() {
    return value(text());
  }

  long value(String text) {
    Long number = number(text);
    return number != null ? number : symbols.applyAsLong(text);
  }

  long valueWithin(long least, long most, String what) {
    String text = text();
    return within(value(text), least, most, what, text);
  }

  long within(long value, long least, long most, String what, String text) {
    if (value < least || value > most) {
      throw error(what + " " + text + " is not within " + least + " .. " + most);
    }
    return value;
  }

  AssemblyError error(String what) {
    return new AssemblyError(line, what);
  }

  /**
   * A decimal or hexadecimal number of up to 64 bits, or null if the text does not begin as one.
   */
  Long number(String text) {
    String digits = text.startsWith("-") || text.startsWith("+") ? text.substring(1) : text;
    if (digits.isEmpty() || !Character.isDigit(digits.charAt(0))) {
      return null;
    }
    try {
      boolean hex = digits.startsWith("0x") || digits.startsWith("0X");
      long magnitude =
          hex ? Long.parseUnsignedLong(digits.substring(2), 16) : Long.parseUnsignedLong(digits);
      return text.startsWith("-") ? -magnitude : magnitude;
    } catch (NumberFormatException e) {
      throw error("'" + text + "' is not a number of 64 bits");
    }
  }
}
