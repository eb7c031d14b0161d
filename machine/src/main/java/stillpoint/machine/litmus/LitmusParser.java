package stillpoint.machine.litmus;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import stillpoint.machine.litmus.LitmusTest.Initial;
import stillpoint.machine.litmus.LitmusTest.Location;
import stillpoint.machine.litmus.LitmusTest.Type;

/**
 * Reads a litmus file of the herdtools suite: {@code MIPS name}, comments and information lines, the
 * initial state, columns of instructions, {@code locations}, and a condition. What the format's
 * other architectures have (arrays, faults, page tables, filters) is refused.
 */
public final class LitmusParser {
  private static final Pattern TITLE = Pattern.compile("(\\S+)[ \\t]+(\\S+)[ \\t]*");
  private static final Pattern FINAL =
      Pattern.compile(
          "(?m)^[ \\t]*(locations\\b|exists\\b|forall\\b|~|not\\s+exists\\b|filter\\b)");
  private static final Pattern PROCESSOR = Pattern.compile("P([0-9]{1,4})");
  private static final int MOST_THREADS = 64;

  private static final Map<String, Type> TYPES = types();

  private LitmusParser() {}

  private static Map<String, Type> types() {
    Map<String, Type> types = new TreeMap<>();
    for (String name : List.of("int", "int32_t", "intptr")) {
      types.put(name, Type.INT);
    }
    types.put("uint32_t", new Type(4, false));
    types.put("unsigned", new Type(4, false));
    for (String name : List.of("long", "int64_t", "intptr_t")) {
      types.put(name, new Type(8, true));
    }
    for (String name : List.of("uint64_t", "uintptr_t")) {
      types.put(name, new Type(8, false));
    }
    types.put("int16_t", new Type(2, true));
    types.put("uint16_t", new Type(2, false));
    types.put("int8_t", new Type(1, true));
    types.put("char", new Type(1, true));
    types.put("uint8_t", new Type(1, false));
    return types;
  }

  /**
   * @throws LitmusError if it is no such test
   */
  public static LitmusTest parse(String file) throws LitmusError {
    String text = withoutComments(file.replace("\r\n", "\n"));
    int titleEnd = endOfTitle(text);
    String title = text.substring(0, titleEnd).strip();
    int titleLine = lineAt(text, titleEnd - 1);
    Matcher matcher = TITLE.matcher(title);
    if (!matcher.matches()) {
      throw new LitmusError(titleLine, "'" + title + "' is no title; begin with 'MIPS name'");
    }
    if (!matcher.group(1).equals("MIPS")) {
      throw new LitmusError(
          titleLine, "is a test for " + matcher.group(1) + "; only tests for MIPS can be run");
    }
    int open = openingBrace(text, titleEnd);
    int close = text.indexOf('}', open);
    if (close < 0) {
      throw new LitmusError(lineAt(text, open), "the initial state has no end; close it with '}'");
    }
    Matcher rest = FINAL.matcher(text).region(close + 1, text.length());
    int end = rest.find() ? rest.start() : text.length();
    List<Initial> initial =
        initial(new Tokens(text.substring(open + 1, close), lineAt(text, open + 1)));
    List<LitmusTest.Thread> threads =
        threads(text.substring(close + 1, end), lineAt(text, close + 1));
    Tokens tokens = new Tokens(text.substring(end), lineAt(text, end));
    List<Location> observed = observed(tokens);
    Condition condition = ConditionParser.condition(tokens);
    return new LitmusTest(matcher.group(2), initial, threads, observed, condition);
  }

  /** Comments may be nested; their lines stay, empty. */
  private static String withoutComments(String file) throws LitmusError {
    StringBuilder text = new StringBuilder();
    int depth = 0;
    int began = 0;
    for (int i = 0; i < file.length(); i++) {
      if (file.startsWith("(*", i)) {
        began = depth == 0 ? i : began;
        depth++;
        i++;
      } else if (depth > 0 && file.startsWith("*)", i)) {
        depth--;
        i++;
        text.append(' ');
      } else if (depth == 0 || file.charAt(i) == '\n') {
        text.append(file.charAt(i));
      }
    }
    if (depth > 0) {
      throw new LitmusError(lineAt(file, began), "a comment has no end; close it with '*)'");
    }
    return text.toString();
  }

  private static int lineAt(String text, int position) {
    return 1 + (int) text.substring(0, position).chars().filter(one -> one == '\n').count();
  }

  private static int endOfTitle(String text) throws LitmusError {
    int start = 0;
    while (start < text.length() && Character.isWhitespace(text.charAt(start))) {
      start++;
    }
    if (start == text.length()) {
      throw new LitmusError(1, "is empty; begin with 'MIPS name'");
    }
    int end = text.indexOf('\n', start);
    return end < 0 ? text.length() : end;
  }

  /** Between title and initial state: quoted text and {@code Key=value} lines, which say nothing to a machine. */
  private static int openingBrace(String text, int from) throws LitmusError {
    boolean quoted = false;
    for (int i = from; i < text.length(); i++) {
      quoted ^= text.charAt(i) == '"';
      if (text.charAt(i) == '{' && !quoted) {
        requireInformation(text, from, i);
        return i;
      }
    }
    throw new LitmusError(
        lineAt(text, text.length()), "has no initial state; write one, '{ }' if all is 0");
  }

  private static void requireInformation(String text, int from, int until) throws LitmusError {
    String plain = text.substring(from, until).replaceAll("\"[^\"]*\"", "");
    int line = lineAt(text, from);
    for (String one : plain.split("\n", -1)) {
      if (!one.isBlank() && !one.contains("=") && !one.contains(":")) {
        throw new LitmusError(
            line, "'" + one.strip() + "' is neither \"quoted text\" nor Key=value nor '{'");
      }
      line++;
    }
  }

  // the initial state

  private static List<Initial> initial(Tokens tokens) throws LitmusError {
    List<Initial> all = new ArrayList<>();
    while (!tokens.atEnd()) {
      if (!tokens.take(";")) {
        all.add(oneInitial(tokens));
        if (!tokens.atEnd() && !tokens.peek().equals(";")) {
          throw tokens.unexpected("';'");
        }
      }
    }
    return all;
  }

  private static Initial oneInitial(Tokens tokens) throws LitmusError {
    Type type = type(tokens);
    Location location = location(tokens);
    if (tokens.peek().equals("[")) {
      throw new LitmusError(tokens.line(), "arrays are not supported; use single variables");
    }
    LitmusTest.Value value = new LitmusTest.Number(0);
    if (tokens.take("=")) {
      tokens.take("&");
      value = value(tokens);
    }
    return new Initial(location, type, value);
  }

  /** Null if none is said: then a name is not followed by another one. */
  private static Type type(Tokens tokens) throws LitmusError {
    while (List.of("volatile", "_Atomic", "const").contains(tokens.peek())) {
      tokens.next();
    }
    if (tokens.take("*")) {
      return Type.POINTER;
    }
    String second = tokens.peekSecond();
    boolean follows =
        Tokens.isName(second)
            || Tokens.isNumber(second)
            || second.equals("*")
            || second.startsWith("%")
            || second.equals("[") && TYPES.containsKey(tokens.peek());
    if (!Tokens.isName(tokens.peek()) || !follows) {
      return null;
    }
    int line = tokens.line();
    String name = tokens.next();
    Type type = TYPES.get(name);
    if (tokens.take("*")) {
      return Type.POINTER;
    }
    if (type == null) {
      throw new LitmusError(
          line,
          "no type is called '" + name + "'; there are: " + String.join(", ", TYPES.keySet()));
    }
    return type;
  }

  /** A register or a variable. */
  static Location location(Tokens tokens) throws LitmusError {
    int line = tokens.line();
    String first = tokens.peek();
    if (first.startsWith("%")) {
      return new LitmusTest.Register(line, -1, tokens.next());
    }
    Matcher processor = PROCESSOR.matcher(first);
    boolean register =
        tokens.peekSecond().equals(":") && (Tokens.isNumber(first) || processor.matches());
    if (register) {
      String number = first.startsWith("P") ? first.substring(1) : first;
      tokens.next();
      tokens.require(":");
      String name = tokens.peek();
      if (!Tokens.isName(name) && !name.startsWith("$") && !name.startsWith("%")) {
        throw tokens.unexpected("a register");
      }
      tokens.next();
      return new LitmusTest.Register(line, threadNumber(line, number), name);
    }
    boolean bracketed = tokens.take("[");
    if (!Tokens.isName(tokens.peek())) {
      throw tokens.unexpected("a register such as 0:$2 or a variable");
    }
    Location variable = new LitmusTest.Variable(line, tokens.next());
    if (bracketed) {
      tokens.require("]");
    }
    return variable;
  }

  private static int threadNumber(int line, String text) throws LitmusError {
    if (!text.matches("[0-9]{1,3}")) {
      throw new LitmusError(line, "no thread has the number '" + text + "'");
    }
    return Integer.parseInt(text);
  }

  static LitmusTest.Value value(Tokens tokens) throws LitmusError {
    if (Tokens.isName(tokens.peek())) {
      return new LitmusTest.Address(new LitmusTest.Variable(tokens.line(), tokens.next()));
    }
    return new LitmusTest.Number(tokens.number());
  }

  // the columns

  private static List<LitmusTest.Thread> threads(String text, int firstLine) throws LitmusError {
    List<List<LitmusTest.Instruction>> columns = new ArrayList<>();
    int line = firstLine;
    String[] rows = text.split(";", -1);
    for (int i = 0; i < rows.length; i++) {
      String row = rows[i];
      int rowLine = line + leadingNewlines(row);
      line += (int) row.chars().filter(one -> one == '\n').count();
      boolean behindTheLast = i == rows.length - 1;
      if (behindTheLast || columns.isEmpty() && row.isBlank()) {
        if (behindTheLast && !row.isBlank()) {
          throw new LitmusError(rowLine, "'" + row.strip() + "' does not end with ';'");
        }
        continue;
      }
      String[] cells = row.split("\\|", -1);
      if (columns.isEmpty()) {
        header(cells, rowLine, columns);
      } else {
        row(cells, rowLine, columns);
      }
    }
    if (columns.isEmpty()) {
      throw new LitmusError(firstLine, "has no threads; write a line 'P0 | P1 ;' and their code");
    }
    return columns.stream().map(LitmusTest.Thread::new).toList();
  }

  private static int leadingNewlines(String row) {
    int end = row.length() - row.stripLeading().length();
    return (int) row.substring(0, end).chars().filter(one -> one == '\n').count();
  }

  private static void header(String[] cells, int line, List<List<LitmusTest.Instruction>> columns)
      throws LitmusError {
    for (int i = 0; i < cells.length; i++) {
      if (!cells[i].strip().equals("P" + i)) {
        throw new LitmusError(line, "'" + cells[i].strip() + "' should be P" + i);
      }
      columns.add(new ArrayList<>());
    }
    if (columns.size() > MOST_THREADS) {
      throw new LitmusError(line, columns.size() + " threads; at most " + MOST_THREADS);
    }
  }

  private static void row(String[] cells, int line, List<List<LitmusTest.Instruction>> columns)
      throws LitmusError {
    if (cells.length > columns.size()) {
      throw new LitmusError(line, cells.length + " columns, but " + columns.size() + " threads");
    }
    for (int i = 0; i < cells.length; i++) {
      String text = cells[i].strip().replaceAll("\\s+", " ");
      columns.get(i).add(new LitmusTest.Instruction(line, text));
    }
  }

  // behind the columns

  private static List<Location> observed(Tokens tokens) throws LitmusError {
    List<Location> all = new ArrayList<>();
    if (tokens.take("locations")) {
      tokens.require("[");
      while (!tokens.take("]")) {
        all.add(location(tokens));
        while (Tokens.isName(tokens.peek()) || tokens.peek().equals("*")) {
          tokens.next(); // a type, for other tools
        }
        if (!tokens.take(";") && !tokens.peek().equals("]")) {
          throw tokens.unexpected("';' or ']'");
        }
      }
    }
    return all;
  }
}
