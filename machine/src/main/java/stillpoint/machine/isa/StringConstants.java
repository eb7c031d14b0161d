package stillpoint.machine.isa;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Strings and characters of assembly source, with C's escapes; characters beyond ASCII are UTF-8. */
final class StringConstants {
  private StringConstants() {}

  /** Bytes of a string operand, its quotes included in {@code operand}. */
  static byte[] read(int line, String operand) {
    boolean quoted = operand.length() >= 2 && operand.startsWith("\"") && operand.endsWith("\"");
    if (!quoted) {
      throw new AssemblyError(line, "'" + operand + "' is not a string in double quotes");
    }
    return bytesOf(line, operand.substring(1, operand.length() - 1));
  }

  /** Bytes of a text with escapes. */
  static byte[] bytesOf(int line, String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      if (c == '\\') {
        i = escape(line, text, i + 1, bytes);
      } else {
        bytes.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
        i += Character.charCount(c);
      }
    }
    return bytes.toByteArray();
  }

  /** Reads what follows a backslash at {@code at}; returns where the rest begins. */
  private static int escape(int line, String text, int at, ByteArrayOutputStream bytes) {
    char c = at < text.length() ? text.charAt(at) : '\0';
    int simple = "ntrbf0\\\"'".indexOf(c);
    boolean octal = c >= '0' && c <= '7';
    if (simple >= 0 && !octal) {
      bytes.write("\n\t\r\b\f\0\\\"'".charAt(simple));
      return at + 1;
    }
    if (octal) {
      int end = digits(text, at, 3, 8);
      bytes.write(Integer.parseInt(text.substring(at, end), 8));
      return end;
    }
    int end = digits(text, at + 1, 2, 16);
    if (c == 'x' && end > at + 1) {
      bytes.write(Integer.parseInt(text.substring(at + 1, end), 16));
      return end;
    }
    throw new AssemblyError(line, "'\\" + c + "' is not an escape that is known");
  }

  private static int digits(String text, int from, int most, int radix) {
    int end = from;
    while (end < text.length()
        && end < from + most
        && Character.digit(text.charAt(end), radix) >= 0) {
      end++;
    }
    return end;
  }
}
