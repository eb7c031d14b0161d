package stillpoint.machine.isa;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An assembler for tests, workloads and small guests, in GNU as's language: labels, sections,
 * {@link Directives}, the table's instructions and {@link PseudoInstructions}.
 *
 * <p>It lays the program out again and again until no label moves, then encodes. Unlike GNU as it
 * begins in {@code .set noreorder}: what follows a branch is its delay slot. After {@code .set
 * reorder} it puts a nop behind every branch. It never moves instructions.
 */
public final class Assembler {
  private static final Map<String, Row> ROWS = rowsByMnemonic();
  private static final int MAX_PASSES = 12;

  /**
   * How to assemble.
   *
   * @param bigEndian byte order
   * @param wide n64 register names and 64-bit addresses; else o32's and 32-bit ones
   * @param textAddress where .text begins, a multiple of 4
   * @param dataAddress where the other sections begin; 0 for behind .text, on a page of their own
   */
  public record Settings(boolean bigEndian, boolean wide, long textAddress, long dataAddress) {}

  private final Settings settings;
  private final List<Statement> source;
  private final Directives directives;

  /** What the pass before found; unknown names stand for the place where they are used. */
  private Map<String, Long> knownLabels = Map.of();

  private Map<String, long[]> knownPlaces = Map.of();
  private List<Long> knownLocals = List.of();

  private Sections sections;
  private Map<String, Long> labels;
  private List<Long> locals;
  private List<String> localNames;
  private final Set<String> globals = new LinkedHashSet<>();
  private final Deque<Boolean> saved = new ArrayDeque<>();
  private List<String> pendingLabels;
  private boolean reorder;
  private boolean keepsAt;
  private boolean encoding;

  private Assembler(String source, Settings settings) {
    this.settings = settings;
    this.source = Statement.read(source);
    this.directives = new Directives(this, settings);
  }

  /**
   * Words of big-endian 64-bit code, without other sections.
   *
   * @param baseAddress address of the first word, a multiple of 4
   * @throws AssemblyError with one line that says where and what
   */
  public static int[] assemble(String source, long baseAddress) {
    return program(source, baseAddress).words();
  }

  /** As {@link #assemble}, with the addresses of all labels. */
  public static AssembledProgram program(String source, long baseAddress) {
    return program(source, new Settings(true, true, baseAddress, 0));
  }

  /**
   * Assembles a source.
   *
   * @throws AssemblyError with one line that says where and what
   */
  public static AssembledProgram program(String source, Settings settings) {
    if ((settings.textAddress & 3) != 0) {
      throw new AssemblyError(
          1, "base address 0x" + Long.toHexString(settings.textAddress) + " is odd");
    }
    return new Assembler(source, settings).run();
  }

  private AssembledProgram run() {
    for (int pass = 1; ; pass++) {
      pass();
      boolean settled =
          labels.equals(knownLabels) && locals.equals(knownLocals) && samePlaces(sections.placed());
      knownLabels = labels;
      knownLocals = locals;
      knownPlaces = sections.placed();
      if (settled) {
        break;
      }
      if (pass == MAX_PASSES) {
        throw new AssemblyError(1, "the layout does not settle: some size depends on itself");
      }
    }
    encoding = true;
    pass();
    return new AssembledProgram(
        settings.bigEndian, settings.wide, sections.finished(), labels, globals);
  }

  private boolean samePlaces(Map<String, long[]> places) {
    return places.keySet().equals(knownPlaces.keySet())
        && places.entrySet().stream()
            .allMatch(e -> Arrays.equals(e.getValue(), knownPlaces.get(e.getKey())));
  }

  private void pass() {
    sections = new Sections(settings, knownPlaces);
    labels = new LinkedHashMap<>();
    locals = new ArrayList<>();
    localNames = new ArrayList<>();
    pendingLabels = new ArrayList<>();
    reorder = false;
    keepsAt = false;
    saved.clear();
    for (Statement statement : source) {
      for (String label : statement.labels()) {
        define(statement.line(), label);
      }
      if (!statement.name().isEmpty()) {
        long before = here();
        boolean data = statement.name().startsWith(".") || statement.name().equals("=");
        if (data) {
          directives.execute(statement);
        } else {
          instruction(statement);
        }
        if (here() != before) {
          pendingLabels.clear();
        }
      }
    }
  }

  // what directives do

  Sections sections() {
    return sections;
  }

  long here() {
    return sections.current().here();
  }

  Set<String> globals() {
    return globals;
  }

  /** A name that stands for a value from here on and, in later passes, from the start. */
  void assign(int line, String name, long value) {
    labels.put(name, value);
  }

  void setReorder(boolean on) {
    reorder = on;
  }

  /** {@code on}: at is the program's, so macros must not use it. */
  void setKeepsAt(boolean on) {
    keepsAt = on;
  }

  void push() {
    saved.push(reorder);
    saved.push(keepsAt);
  }

  void pop(int line) {
    if (saved.isEmpty()) {
      throw new AssemblyError(line, ".set pop without a .set push before it");
    }
    keepsAt = saved.pop();
    reorder = saved.pop();
  }

  /** Aligns data; labels right before it move along, as they do in GNU as. */
  void alignData(int line, long boundary) {
    long before = here();
    sections.current().align(line, boundary, 0);
    if (here() != before) {
      for (String label : pendingLabels) {
        if (label.matches("[0-9]+")) {
          locals.set(localNames.lastIndexOf(label), here());
        } else {
          labels.put(label, here());
        }
      }
    }
  }

  private void define(int line, String label) {
    pendingLabels.add(label);
    if (label.matches("[0-9]+")) {
      localNames.add(label);
      locals.add(here());
    } else if (labels.put(label, here()) != null) {
      throw new AssemblyError(line, "label '" + label + "' is defined twice");
    }
  }

  // instructions

  private void instruction(Statement statement) {
    SectionBuilder section = sections.current();
    if (section.kind != SectionBuilder.Kind.CODE) {
      throw new AssemblyError(
          statement.line(),
          "instruction '" + statement.name() + "' in section " + section.name + "; say .text");
    }
    if ((here() & 3) != 0) {
      throw new AssemblyError(
          statement.line(), "instruction at an odd address; put .align 2 before it");
    }
    Arguments arguments = arguments(statement, statement.operands());
    List<PseudoInstructions.Expanded> expanded =
        PseudoInstructions.expand(
            statement.name(), statement.operands(), arguments, settings.wide());
    if (keepsAt && needsTemporary(statement, expanded)) {
      throw arguments.error(statement.name() + " needs at here, which .set noat forbids");
    }
    long start = here();
    for (PseudoInstructions.Expanded one : expanded) {
      long word = encoding ? encode(statement, one, start) : 0;
      section.put(statement.line(), word, 4, settings.bigEndian);
    }
    if (reorder && hasDelaySlot(expanded.getLast().mnemonic())) {
      section.fill(statement.line(), 4, 0);
    }
    if (!encoding) {
      requireRow(arguments, statement, expanded.getFirst());
    }
  }

  /** Whether an expansion uses at, though the source did not name it. */
  private static boolean needsTemporary(
      Statement statement, List<PseudoInstructions.Expanded> expanded) {
    return statement.operands().stream().noneMatch(o -> o.matches(".*\\b(at|\\$1)\\b.*"))
        && expanded.stream()
            .flatMap(e -> e.operands().stream())
            .anyMatch(o -> o.matches("at|.*\\(at\\)"));
  }

  static boolean hasDelaySlot(String mnemonic) {
    return mnemonic.matches("j|jal|jr|jalr|jr\\.hb|jalr\\.hb|b(eq|ne|lez|gtz|ltz|gez).*");
  }

  private Row requireRow(
      Arguments arguments, Statement statement, PseudoInstructions.Expanded one) {
    Row row = ROWS.get(one.mnemonic());
    if (row == null) {
      throw arguments.error("no instruction is called '" + statement.name() + "'");
    }
    return row;
  }

  private int encode(Statement statement, PseudoInstructions.Expanded one, long start) {
    Arguments arguments =
        new Arguments(
            statement.line(),
            one.operands(),
            name -> name.equals(".") ? start : valueOf(statement.line(), name),
            !settings.wide);
    Row row = requireRow(arguments, statement, one);
    int word = row.pattern().match();
    for (Operand operand : row.operands()) {
      word = operand.read(arguments, row.pattern(), word, here());
    }
    if (arguments.left() > 0) {
      throw arguments.error(
          statement.name()
              + " takes no operand '"
              + arguments.text()
              + "'; it wants "
              + row.operands());
    }
    return word;
  }

  Arguments arguments(Statement statement, List<String> operands) {
    return new Arguments(
        statement.line(), operands, name -> valueOf(statement.line(), name), !settings.wide);
  }

  private long valueOf(int line, String name) {
    if (name.equals(".")) {
      return here();
    }
    Long value = name.matches("[0-9]+[bf]") ? local(name) : labels.get(name);
    if (value == null) {
      value = knownLabels.get(name);
    }
    if (value != null) {
      return value;
    }
    if (encoding) {
      throw new AssemblyError(line, "'" + name + "' is neither a number nor a label");
    }
    return here();
  }

  /** {@code 1b}: the last label 1 before here; {@code 1f}: the next one. Null if there is none. */
  private Long local(String reference) {
    String label = reference.substring(0, reference.length() - 1);
    if (reference.endsWith("b")) {
      int index = localNames.lastIndexOf(label);
      return index < 0 ? null : locals.get(index);
    }
    int seen = localNames.size();
    List<String> all = allLocalNames();
    for (int index = seen; index < all.size() && index < knownLocals.size(); index++) {
      if (all.get(index).equals(label)) {
        return knownLocals.get(index);
      }
    }
    return null;
  }

  private List<String> everyLocal;

  private List<String> allLocalNames() {
    if (everyLocal == null) {
      everyLocal =
          source.stream()
              .flatMap(s -> s.labels().stream())
              .filter(label -> label.matches("[0-9]+"))
              .toList();
    }
    return everyLocal;
  }

  private static Map<String, Row> rowsByMnemonic() {
    Map<String, Row> rows = new LinkedHashMap<>();
    for (Row row : InstructionTable.ROWS) {
      rows.putIfAbsent(row.mnemonic(), row);
    }
    return rows;
  }
}
