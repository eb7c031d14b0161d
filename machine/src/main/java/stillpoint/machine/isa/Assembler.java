package stillpoint.machine.isa;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A two-pass assembler for tests, workloads and small guests: one instruction a line, labels,
 * {@code #} comments, the directives {@code .word}, {@code .space} and {@code .align}, and the
 * pseudo instructions of {@link PseudoInstructions}. It never reorders and never fills delay slots.
 *
 * <p>The first pass gives every line its size with all labels taken as the base address, the second
 * encodes; a size may therefore depend on the base address and on numbers, but not on a label's
 * value.
 */
public final class Assembler {
  private static final Map<String, List<Row>> ROWS = rowsByMnemonic();

  /** One statement of the source. */
  private record Statement(int line, long address, String mnemonic, List<String> operands) {}

  private final long baseAddress;
  private final Map<String, Long> labels = new LinkedHashMap<>();
  private final List<Statement> statements = new ArrayList<>();
  private long address;
  private boolean labelsKnown;

  private Assembler(long baseAddress) {
    this.baseAddress = baseAddress;
    this.address = baseAddress;
  }

  /**
   * @param baseAddress address of the first word, a multiple of 4
   * @throws AssemblyError with one line that says where and what
   */
  public static int[] assemble(String source, long baseAddress) {
    return new Assembler(baseAddress).run(source).words;
  }

  /** As {@link #assemble}, with the addresses of all labels. */
  public static Program program(String source, long baseAddress) {
    return new Assembler(baseAddress).run(source);
  }

  /** Words from a base address on, and where its labels are, in source order. */
  public static final class Program {
    private final long baseAddress;
    private final int[] words;
    private final Map<String, Long> labels;

    private Program(long baseAddress, int[] words, Map<String, Long> labels) {
      this.baseAddress = baseAddress;
      this.words = words;
      this.labels = labels;
    }

    public long baseAddress() {
      return baseAddress;
    }

    public int[] words() {
      return words.clone();
    }

    public long label(String name) {
      Long value = labels.get(name);
      if (value == null) {
        throw new IllegalArgumentException("no label is called '" + name + "'");
      }
      return value;
    }
  }

  private Program run(String source) {
    if ((baseAddress & 3) != 0) {
      throw new AssemblyError(1, "base address 0x" + Long.toHexString(baseAddress) + " is odd");
    }
    int line = 0;
    for (String text : source.split("\n", -1)) {
      layOut(++line, text);
    }
    labelsKnown = true;
    int[] words = new int[(int) (address - baseAddress >> 2)];
    for (Statement statement : statements) {
      int[] encoded = encode(statement);
      int at = (int) (statement.address - baseAddress >> 2);
      System.arraycopy(encoded, 0, words, at, encoded.length);
    }
    return new Program(baseAddress, words, labels);
  }

  private void layOut(int line, String text) {
    int comment = text.indexOf('#');
    String rest = (comment < 0 ? text : text.substring(0, comment)).strip();
    for (int colon = rest.indexOf(':'); colon >= 0; colon = rest.indexOf(':')) {
      String label = rest.substring(0, colon).strip();
      if (!label.matches("[A-Za-z_.$][A-Za-z0-9_.$]*")) {
        throw new AssemblyError(line, "'" + label + "' cannot be a label");
      }
      if (labels.put(label, address) != null) {
        throw new AssemblyError(line, "label '" + label + "' is defined twice");
      }
      rest = rest.substring(colon + 1).strip();
    }
    if (rest.isEmpty()) {
      return;
    }
    String[] parts = rest.split("\\s+", 2);
    List<String> operands =
        parts.length == 1
            ? List.of()
            : Arrays.stream(parts[1].split(",", -1)).map(String::strip).toList();
    Statement statement = new Statement(line, address, parts[0], operands);
    statements.add(statement);
    address += 4L * encode(statement).length;
  }

  private int[] encode(Statement statement) {
    Arguments arguments = arguments(statement, statement.operands);
    return switch (statement.mnemonic) {
      case ".word" -> statement.operands.stream().mapToInt(o -> word(arguments, o)).toArray();
      case ".space" -> new int[(int) arguments.valueWithin(0, 1 << 26, "size") + 3 >> 2];
      case ".align" -> {
        long bytes = 1L << arguments.valueWithin(2, 20, "alignment");
        yield new int[(int) ((-statement.address & bytes - 1) >> 2)];
      }
      default -> encodeInstruction(statement);
    };
  }

  private static int word(Arguments arguments, String operand) {
    long value = arguments.value(operand);
    // an address of the compatibility segments is a word too: only its upper half is implied
    return (int) arguments.within(value, Integer.MIN_VALUE, 0xFFFF_FFFFL, "word", operand);
  }

  private int[] encodeInstruction(Statement statement) {
    List<PseudoInstructions.Expanded> expanded =
        PseudoInstructions.expand(
            statement.mnemonic, statement.operands, arguments(statement, statement.operands));
    int[] words = new int[expanded.size()];
    for (int i = 0; i < words.length; i++) {
      PseudoInstructions.Expanded one = expanded.get(i);
      words[i] = encodeRow(statement, one, statement.address + 4L * i);
    }
    return words;
  }

  private int encodeRow(Statement statement, PseudoInstructions.Expanded one, long pc) {
    Arguments arguments = arguments(statement, one.operands());
    List<Row> rows = ROWS.get(one.mnemonic());
    if (rows == null) {
      throw arguments.error("no instruction is called '" + statement.mnemonic + "'");
    }
    Row row = rows.getFirst();
    int word = row.pattern().match();
    for (Operand operand : row.operands()) {
      word = operand.read(arguments, row.pattern(), word, pc);
    }
    if (arguments.left() > 0) {
      throw arguments.error(
          statement.mnemonic
              + " takes no operand '"
              + arguments.text()
              + "'; it wants "
              + row.operands());
    }
    return word;
  }

  private Arguments arguments(Statement statement, List<String> operands) {
    return new Arguments(statement.line, operands, text -> symbol(statement, text));
  }

  /**
   * A label, {@code .} for the statement's own address, a label plus or minus a number, or %hi or
   * %lo of one.
   */
  private long symbol(Statement statement, String text) {
    if (text.startsWith("%hi(") && text.endsWith(")")) {
      return symbol(statement, text.substring(4, text.length() - 1)) + 0x8000 >> 16 & 0xFFFF;
    }
    if (text.startsWith("%lo(") && text.endsWith(")")) {
      return (short) symbol(statement, text.substring(4, text.length() - 1));
    }
    int sign = Math.max(text.lastIndexOf('+'), text.lastIndexOf('-'));
    if (sign > 0) {
      Arguments arguments = arguments(statement, List.of());
      Long offset = arguments.number(text.substring(sign).replace(" ", ""));
      if (offset != null) {
        return symbol(statement, text.substring(0, sign).strip()) + offset;
      }
    }
    if (text.equals(".")) {
      return statement.address;
    }
    Long value = labels.get(text);
    if (value != null) {
      return value;
    }
    if (labelsKnown) {
      throw new AssemblyError(statement.line, "'" + text + "' is neither a number nor a label");
    }
    return statement.address;
  }

  private static Map<String, List<Row>> rowsByMnemonic() {
    Map<String, List<Row>> rows = new LinkedHashMap<>();
    for (Row row : InstructionTable.ROWS) {
      rows.computeIfAbsent(row.mnemonic(), _ -> new ArrayList<>()).add(row);
    }
    return rows;
  }
}
