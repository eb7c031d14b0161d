package stillpoint.console;

import java.io.PrintWriter;

/**
 * Where the commands write.
 *
 * @param out results
 * @param err notes, progress and complaints
 * @param colour whether {@code out} is a terminal that shows it
 */
record Terminal(PrintWriter out, PrintWriter err, boolean colour) {

  /** The process's own streams. The launcher tells whether stdout is a terminal. */
  static Terminal ofProcess() {
    boolean colour =
        Boolean.getBoolean("stillpoint.terminal")
            && System.getenv("NO_COLOR") == null
            && !"dumb".equals(System.getenv("TERM"));
    var utf8 = java.nio.charset.StandardCharsets.UTF_8;
    return new Terminal(
        new PrintWriter(new java.io.OutputStreamWriter(System.out, utf8), false),
        new PrintWriter(new java.io.OutputStreamWriter(System.err, utf8), true),
        colour);
  }

  String bold(String text) {
    return paint("1", text);
  }

  String dim(String text) {
    return paint("2", text);
  }

  String good(String text) {
    return paint("1;32", text);
  }

  String bad(String text) {
    return paint("1;31", text);
  }

  String doubtful(String text) {
    return paint("1;33", text);
  }

  private String paint(String code, String text) {
    return colour ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
