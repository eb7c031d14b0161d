package stillpoint.machine.litmus;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The words and signs of a litmus file's initial state and condition, with their lines. */
final class Tokens {
  private static final Pattern TOKEN =
      Pattern.compile(
          "\\s*(?:(\"[^\"]*\")|([$%]?[A-Za-z_][A-Za-z0-9_.']*|\\$[0-9]+)|(-?(?:0[xX][0-9a-fA-F]+|[0-9]+))"
              + "|(/\\\\|\\\\/|=>|==|!=|<>|[{}()\\[\\];:=,~*&<>+]))");

  private static final String END = "the end of the file";

  private record Token(int line, String text) {}

  private final List<Token> tokens = new ArrayList<>();
  private int at;

  /** {@code firstLine} is that of the text's first character. */
  Tokens(String text, int firstLine) throws LitmusError {
    Matcher matcher = TOKEN.matcher(text);
    int position = 0;
    int line = firstLine;
    while (!text.substring(position).isBlank()) {
      matcher.region(position, text.length());
      if (!matcher.lookingAt()) {
        String rest = text.substring(position).stripLeading();
        int broken = text.length() - rest.length();
        throw new LitmusError(
            line + newlines(text, position, broken),
            "unexpected '" + rest.charAt(0) + "'; see docs/litmus.md for the format");
      }
      int start = matcher.end() - matcher.group().stripLeading().length();
      line += newlines(text, position, start);
      tokens.add(new Token(line, text.substring(start, matcher.end())));
      line += newlines(text, start, matcher.end());
      position = matcher.end();
    }
    tokens.add(new Token(line, ""));
  }

  private static int newlines(String text, int from, int until) {
    return (int) text.substring(from, until).chars().filter(one -> one == '\n').count();
  }

  int line() {
    return tokens.get(at).line();
  }

  boolean atEnd() {
    return peek().isEmpty();
  }

  /** The next one, empty at the end. */
  String peek() {
    return tokens.get(at).text();
  }

  /** The one behind the next, empty at the end. */
  String peekSecond() {
    return at + 1 < tokens.size() ? tokens.get(at + 1).text() : "";
  }

  String next() {
    String text = peek();
    at = Math.min(at + 1, tokens.size() - 1);
    return text;
  }

  /** Takes the next one if it is this. */
  boolean take(String text) {
    boolean is = peek().equals(text);
    if (is) {
      next();
    }
    return is;
  }

  void require(String text) throws LitmusError {
    if (!take(text)) {
      throw unexpected("'" + text + "'");
    }
  }

  LitmusError unexpected(String wanted) {
    String found = atEnd() ? END : "'" + peek() + "'";
    return new LitmusError(line(), "found " + found + " where " + wanted + " should be");
  }

  static boolean isName(String text) {
    return !text.isEmpty() && (Character.isLetter(text.charAt(0)) || text.charAt(0) == '_');
  }

  static boolean isNumber(String text) {
    return !text.isEmpty() && (Character.isDigit(text.charAt(0)) || text.charAt(0) == '-');
  }

  long number() throws LitmusError {
    if (!isNumber(peek())) {
      throw unexpected("a number");
    }
    int line = line();
    String text = next();
    boolean negative = text.startsWith("-");
    String digits = negative ? text.substring(1) : text;
    try {
      boolean hex = digits.startsWith("0x") || digits.startsWith("0X");
      long value = Long.parseUnsignedLong(hex ? digits.substring(2) : digits, hex ? 16 : 10);
      return negative ? -value : value;
    } catch (NumberFormatException e) {
      throw new LitmusError(line, "'" + text + "' is no number of 64 bits");
    }
  }
}
