package stillpoint.machine.isa;

import java.util.List;

/**
 * The operands of one source line, taken one by one; what it refuses becomes an {@link
 * AssemblyError} of that line.
 */
final class Arguments {
  private final int line;
  private final List<String> texts;
  private final Expression.Names names;
  private final boolean o32;
  private int next;

  /**
   * {@code names}: what the names in expressions stand for. {@code o32}: registers are called as in
   * 32-bit code.
   */
  Arguments(int line, List<String> texts, Expression.Names names, boolean o32) {
    this.line = line;
    this.texts = texts;
    this.names = names;
    this.o32 = o32;
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
    int register = registerNumber(text);
    if (register < 0) {
      throw error("'" + text + "' is not a general register");
    }
    return register;
  }

  /** Number of the general register that a text names, or -1. */
  int registerNumber(String text) {
    return o32 ? RegisterNames.o32NumberOf(text) : RegisterNames.numberOf(text);
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
    return Expression.value(line, text, names);
  }

  /** Whether an expression is made of numbers alone, so that its value cannot change. */
  boolean isConstant(String text) {
    boolean[] named = {false};
    Expression.value(
        line,
        text,
        _ -> {
          named[0] = true;
          return 1;
        });
    return !named[0];
  }

  long valueWithin(long least, long most, String what) {
    String text = text();
    long value = value(text);
    // parts of addresses are bits: a signed field takes them as they are
    boolean part = text.startsWith("%") && most == Short.MAX_VALUE;
    return within(part ? (short) value : value, least, most, what, text);
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
}
