package stillpoint.machine.isa;

/**
 * The value of an expression of assembly source: numbers (decimal, 0x, 0b, octal), characters,
 * names, and C's operators in C's order, 64 bits wide. {@code %hi}, {@code %lo}, {@code %higher}
 * and {@code %highest} take an address apart for lui and signed offsets.
 */
final class Expression {
  /** What a name stands for; throws {@link AssemblyError} if it is unknown. */
  @FunctionalInterface
  interface Names {
    long valueOf(String name);
  }

  private static final int MAX_DEPTH = 100;
  private static final String[][] LEVELS = {
    {"|"}, {"^"}, {"&"}, {"<<", ">>"}, {"+", "-"}, {"*", "/", "%"}
  };

  private final int line;
  private final String text;
  private final Names names;
  private int at;
  private int depth;

  private Expression(int line, String text, Names names) {
    this.line = line;
    this.text = text;
    this.names = names;
  }

  static long value(int line, String text, Names names) {
    Expression expression = new Expression(line, text, names);
    long value = expression.level(0);
    expression.skipSpaces();
    if (expression.at < text.length()) {
      throw expression.malformed();
    }
    return value;
  }

  private AssemblyError malformed() {
    return new AssemblyError(line, "'" + text + "' is not an expression");
  }

  private long level(int level) {
    if (level == LEVELS.length) {
      return unary();
    }
    long left = level(level + 1);
    for (String operator = take(LEVELS[level]); operator != null; operator = take(LEVELS[level])) {
      left = apply(operator, left, level(level + 1));
    }
    return left;
  }

  private long apply(String operator, long left, long right) {
    return switch (operator) {
      case "|" -> left | right;
      case "^" -> left ^ right;
      case "&" -> left & right;
      case "<<" -> right < 0 || right > 63 ? 0 : left << right;
      case ">>" -> right < 0 || right > 63 ? 0 : left >>> right;
      case "+" -> left + right;
      case "-" -> left - right;
      case "*" -> left * right;
      default -> {
        if (right == 0) {
          throw new AssemblyError(line, "'" + text + "' divides by zero");
        }
        yield operator.equals("/") ? left / right : left % right;
      }
    };
  }

  private String take(String[] operators) {
    skipSpaces();
    for (String operator : operators) {
      if (text.startsWith(operator, at)) {
        at += operator.length();
        return operator;
      }
    }
    return null;
  }

  private void skipSpaces() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private char peek() {
    return at < text.length() ? text.charAt(at) : '\0';
  }

  private long unary() {
    skipSpaces();
    if (++depth > MAX_DEPTH) {
      throw new AssemblyError(line, "the expression is nested too deeply");
    }
    try {
      switch (peek()) {
        case '-' -> {
          at++;
          return -unary();
        }
        case '+' -> {
          at++;
          return unary();
        }
        case '~' -> {
          at++;
          return ~unary();
        }
        case '(' -> {
          return parenthesized();
        }
        case '%' -> {
          return part();
        }
        case '\'' -> {
          return character();
        }
        default -> {
          return word();
        }
      }
    } finally {
      depth--;
    }
  }

  private long parenthesized() {
    at++;
    long value = level(0);
    skipSpaces();
    if (peek() != ')') {
      throw malformed();
    }
    at++;
    return value;
  }

  /** One 16-bit part of an address, rounded so that the signed parts below it add up. */
  private long part() {
    int open = text.indexOf('(', at);
    if (open < 0) {
      throw malformed();
    }
    String name = text.substring(at, open).strip();
    at = open;
    long value = parenthesized();
    return switch (name) {
      case "%lo" -> (short) value;
      case "%hi" -> value + 0x8000 >> 16 & 0xFFFF;
      case "%higher" -> value + 0x8000_8000L >> 32 & 0xFFFF;
      case "%highest" -> value + 0x8000_8000_8000L >> 48 & 0xFFFF;
      default ->
          throw new AssemblyError(line, "'" + name + "' is none of %lo, %hi, %higher and %highest");
    };
  }

  private long character() {
    int end = text.indexOf('\'', at + (text.startsWith("'\\", at) ? 3 : 2));
    if (end < 0) {
      throw malformed();
    }
    byte[] bytes = StringConstants.bytesOf(line, text.substring(at + 1, end));
    if (bytes.length != 1) {
      throw malformed();
    }
    at = end + 1;
    return bytes[0] & 0xFF;
  }

  private long word() {
    int from = at;
    while (at < text.length()
        && (Character.isLetterOrDigit(peek()) || "_.$".indexOf(peek()) >= 0)) {
      at++;
    }
    if (from == at) {
      throw malformed();
    }
    String word = text.substring(from, at);
    if (!Character.isDigit(word.charAt(0)) || word.matches("[0-9][bf]")) {
      return names.valueOf(word);
    }
    return number(word);
  }

  private long number(String word) {
    try {
      if (word.matches("0[xX].*")) {
        return Long.parseUnsignedLong(word.substring(2), 16);
      }
      if (word.matches("0[bB].*")) {
        return Long.parseUnsignedLong(word.substring(2), 2);
      }
      return Long.parseUnsignedLong(word, word.length() > 1 && word.startsWith("0") ? 8 : 10);
    } catch (NumberFormatException e) {
      throw new AssemblyError(line, "'" + word + "' is not a number of 64 bits");
    }
  }
}
