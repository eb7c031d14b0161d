package stillpoint.machine.isa;

import java.util.ArrayList;
import java.util.List;

/**
 * One statement of assembly source: labels, then perhaps a mnemonic or directive with its operands.
 *
 * @param line line of the source, from 1
 * @param labels names defined here, local numeric ones included
 * @param name mnemonic or directive, "" if there are only labels, "=" for an assignment
 * @param operands texts between the commas, stripped; for "=" the name and the expression
 */
record Statement(int line, List<String> labels, String name, List<String> operands) {
  private static final String NAME = "[A-Za-z_.$][A-Za-z0-9_.$]*";

  /** Takes the source apart: comments of all three kinds go, {@code ;} separates like a new line. */
  static List<Statement> read(String source) {
    List<Statement> statements = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    int line = 1;
    boolean quoted = false;
    boolean block = false;
    int blockLine = 0;
    for (int i = 0; i < source.length(); i++) {
      char c = source.charAt(i);
      char next = i + 1 < source.length() ? source.charAt(i + 1) : '\n';
      if (block) {
        if (c == '*' && next == '/') {
          block = false;
          i++;
          text.append(' ');
          continue;
        }
      } else if (c == '\n' || !quoted && c == ';') {
        if (quoted) {
          throw new AssemblyError(line, "the string does not end in its line");
        }
        add(statements, line, text);
      } else if (!quoted && c == '\'' && i + 2 < source.length()) {
        // a character constant may be a comma, a semicolon or a comment sign
        int end = next == '\\' ? i + 3 : i + 2;
        boolean closed = end < source.length() && source.charAt(end) == '\'';
        text.append(source, i, closed ? end + 1 : i + 1);
        i = closed ? end : i;
      } else if (!quoted && c == '/' && next == '*') {
        block = true;
        blockLine = line;
        i++;
      } else if (!quoted && (c == '#' || c == '/' && next == '/')) {
        i = Math.max(i, untilLineEnd(source, i) - 1);
      } else if (quoted && c == '\\' && next != '\n') {
        text.append(c).append(next);
        i++;
      } else {
        quoted ^= c == '"';
        text.append(c);
      }
      if (c == '\n') {
        line++;
      }
    }
    if (block) {
      throw new AssemblyError(blockLine, "the comment does not end");
    }
    if (quoted) {
      throw new AssemblyError(line, "the string does not end in its line");
    }
    add(statements, line, text);
    return statements;
  }

  private static int untilLineEnd(String source, int from) {
    int end = source.indexOf('\n', from);
    return end < 0 ? source.length() : end;
  }

  private static void add(List<Statement> statements, int line, StringBuilder text) {
    String rest = text.toString().strip();
    text.setLength(0);
    List<String> labels = new ArrayList<>();
    for (int colon = labelEnd(rest); colon >= 0; colon = labelEnd(rest)) {
      String label = rest.substring(0, colon).strip();
      if (!label.matches(NAME) && !label.matches("[0-9]")) {
        throw new AssemblyError(line, "'" + label + "' cannot be a label");
      }
      labels.add(label);
      rest = rest.substring(colon + 1).strip();
    }
    if (rest.isEmpty() && labels.isEmpty()) {
      return;
    }
    String[] assignment = rest.split("=", 2);
    if (assignment.length == 2 && assignment[0].strip().matches(NAME)) {
      List<String> both = List.of(assignment[0].strip(), assignment[1].strip());
      statements.add(new Statement(line, labels, "=", both));
      return;
    }
    String[] parts = rest.split("\\s+", 2);
    List<String> operands = parts.length == 1 ? List.of() : split(parts[1]);
    statements.add(new Statement(line, labels, parts[0], operands));
  }

  /** Where the label at the start of a text ends, or -1: a colon before anything quoted. */
  private static int labelEnd(String text) {
    int colon = text.indexOf(':');
    int quote = text.indexOf('"');
    int apostrophe = text.indexOf('\'');
    boolean within = quote >= 0 && quote < colon || apostrophe >= 0 && apostrophe < colon;
    return within ? -1 : colon;
  }

  /** The operands of a statement: commas separate, but not within quotes or parentheses. */
  private static List<String> split(String text) {
    List<String> operands = new ArrayList<>();
    int depth = 0;
    boolean quoted = false;
    int from = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && c == '\'' && i + 2 < text.length()) {
        int end = text.indexOf('\'', i + (text.charAt(i + 1) == '\\' ? 3 : 2));
        i = end < 0 ? i : end;
      } else if (!quoted && c == '(') {
        depth++;
      } else if (!quoted && c == ')') {
        depth--;
      } else if (!quoted && depth == 0 && c == ',') {
        operands.add(text.substring(from, i).strip());
        from = i + 1;
      }
    }
    operands.add(text.substring(from).strip());
    return operands;
  }
}
