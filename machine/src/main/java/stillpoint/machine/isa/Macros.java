package stillpoint.machine.isa;

import static stillpoint.machine.isa.PseudoInstructions.expanded;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import stillpoint.machine.isa.PseudoInstructions.Expanded;

/**
 * GNU as's macros: comparisons that branch or set, arithmetic with an immediate or with two
 * operands, three-operand division, loads and stores of labels. Where a temporary is needed it is
 * {@code at}. Division by zero is not checked for, as with {@code -mno-check-zero-division}.
 */
final class Macros {
  private static final Map<String, String> IMMEDIATE =
      Map.of(
          "add", "addi", "addu", "addiu", "dadd", "daddi", "daddu", "daddiu", "and", "andi", "or",
          "ori", "xor", "xori", "slt", "slti", "sltu", "sltiu");

  private static final Map<String, String> NEGATED =
      Map.of("sub", "addi", "subu", "addiu", "dsub", "daddi", "dsubu", "daddiu");

  private static final Map<String, String> VARIABLE =
      Map.of(
          "sll", "sllv", "srl", "srlv", "sra", "srav", "ror", "rorv", "rotr", "rorv", "dsll",
          "dsllv", "dsrl", "dsrlv", "dsra", "dsrav", "dror", "drorv", "drotr", "drorv");

  private static final Set<String> TWO_OPERANDS =
      Set.of(
          "add", "addu", "dadd", "daddu", "sub", "subu", "dsub", "dsubu", "and", "or", "xor", "nor",
          "slt", "sltu", "addi", "addiu", "daddi", "daddiu", "andi", "ori", "xori", "sll", "srl",
          "sra", "dsll", "dsrl", "dsra", "sllv", "srlv", "srav", "dsllv", "dsrlv", "dsrav", "mul");

  private static final Set<String> MEMORY =
      Set.of(
          "lb", "lbu", "lh", "lhu", "lw", "lwu", "ld", "sb", "sh", "sw", "sd", "ll", "lld", "sc",
          "scd", "lwl", "lwr", "ldl", "ldr", "swl", "swr", "sdl", "sdr");

  private Macros() {}

  /** The expansion, or null if it is no macro in this form. */
  static List<Expanded> expand(
      String mnemonic, List<String> operands, Arguments arguments, boolean wide) {
    int count = operands.size();
    if (MEMORY.contains(mnemonic) && count == 2) {
      return memory(mnemonic, operands, arguments, wide);
    }
    if (count == 2 && (mnemonic.equals("la") || mnemonic.equals("dla"))) {
      return address(operands, arguments, wide);
    }
    if (count == 2 && TWO_OPERANDS.contains(mnemonic)) {
      List<String> three = List.of(operands.get(0), operands.get(0), operands.get(1));
      List<Expanded> inner = expand(mnemonic, three, arguments, wide);
      return inner != null ? inner : PseudoInstructions.expand(mnemonic, three, arguments, wide);
    }
    if (count == 3) {
      return three(mnemonic, operands, arguments, wide);
    }
    boolean jump = mnemonic.equals("j") || mnemonic.equals("jal");
    if (jump && count >= 1 && isRegister(operands.getLast(), arguments)) {
      return List.of(new Expanded(mnemonic.equals("j") ? "jr" : "jalr", operands));
    }
    return null;
  }

  private static boolean isRegister(String text, Arguments arguments) {
    return arguments.registerNumber(text) >= 0;
  }

  private static List<Expanded> three(
      String mnemonic, List<String> operands, Arguments arguments, boolean wide) {
    String a = operands.get(0);
    String b = operands.get(1);
    String c = operands.get(2);
    boolean register = isRegister(c, arguments);
    if (register && VARIABLE.containsKey(mnemonic)) {
      return List.of(expanded(VARIABLE.get(mnemonic), a, b, c));
    }
    if (!register && IMMEDIATE.containsKey(mnemonic)) {
      return List.of(expanded(IMMEDIATE.get(mnemonic), a, b, c));
    }
    if (!register && NEGATED.containsKey(mnemonic)) {
      return List.of(expanded(NEGATED.get(mnemonic), a, b, Long.toString(-arguments.value(c))));
    }
    return switch (mnemonic) {
      case "beq", "bne", "beql", "bnel" ->
          isRegister(b, arguments)
              ? null
              : withConstant(b, arguments, expanded(mnemonic, a, "at", c));
      case "blt", "bge", "bgt", "ble", "bltu", "bgeu", "bgtu", "bleu" ->
          compareAndBranch(mnemonic, operands, arguments);
      case "sgt" -> List.of(expanded("slt", a, c, b));
      case "sgtu" -> List.of(expanded("sltu", a, c, b));
      case "sle" -> List.of(expanded("slt", a, c, b), expanded("xori", a, a, "1"));
      case "sleu" -> List.of(expanded("sltu", a, c, b), expanded("xori", a, a, "1"));
      case "sge" -> List.of(expanded("slt", a, b, c), expanded("xori", a, a, "1"));
      case "sgeu" -> List.of(expanded("sltu", a, b, c), expanded("xori", a, a, "1"));
      case "seq" ->
          List.of(expanded(register ? "xor" : "xori", a, b, c), expanded("sltiu", a, a, "1"));
      case "sne" ->
          List.of(expanded(register ? "xor" : "xori", a, b, c), expanded("sltu", a, "zero", a));
      case "div", "divu", "ddiv", "ddivu" ->
          arguments.registerNumber(a) == 0
              ? null
              : List.of(expanded(mnemonic, b, c), expanded("mflo", a));
      case "rem", "remu", "drem", "dremu" ->
          List.of(expanded(mnemonic.replace("rem", "div"), b, c), expanded("mfhi", a));
      case "dmul" -> List.of(expanded("dmult", b, c), expanded("mflo", a));
      default -> null;
    };
  }

  /** The constant into at, unless it is 0, and then an instruction that reads it there. */
  private static List<Expanded> withConstant(String text, Arguments arguments, Expanded use) {
    long value = arguments.value(text);
    if (value == 0 && arguments.isConstant(text)) {
      List<String> operands =
          use.operands().stream().map(o -> o.equals("at") ? "zero" : o).toList();
      return List.of(new Expanded(use.mnemonic(), operands));
    }
    List<Expanded> all =
        new ArrayList<>(PseudoInstructions.load("at", value, arguments.isConstant(text)));
    all.add(use);
    return all;
  }

  private static List<Expanded> compareAndBranch(
      String mnemonic, List<String> operands, Arguments arguments) {
    boolean unsigned = mnemonic.endsWith("u");
    String kind = mnemonic.substring(0, 3);
    String left = operands.get(0);
    String right = operands.get(1);
    boolean register = isRegister(right, arguments);
    boolean swapped = kind.equals("bgt") || kind.equals("ble");
    String branch = kind.equals("blt") || kind.equals("bgt") ? "bne" : "beq";
    String other = register ? right : "at";
    Expanded compare =
        expanded(unsigned ? "sltu" : "slt", "at", swapped ? other : left, swapped ? left : other);
    List<Expanded> all = new ArrayList<>();
    if (register) {
      all.add(compare);
    } else {
      all.addAll(withConstant(right, arguments, compare));
      // at, now zero in its operands, is still where the result goes
      Expanded last = all.removeLast();
      List<String> fixed = new ArrayList<>(last.operands());
      fixed.set(0, "at");
      all.add(new Expanded(last.mnemonic(), fixed));
    }
    all.add(expanded(branch, "at", "zero", operands.get(2)));
    return all;
  }

  /** A load or store of a label, perhaps with a base register: its address, less 16 bits, into at. */
  private static List<Expanded> memory(
      String mnemonic, List<String> operands, Arguments arguments, boolean wide) {
    String text = operands.get(1);
    int open = baseAt(text, arguments);
    String offset = open < 0 ? text : text.substring(0, open).strip();
    if (offset.isEmpty() || offset.startsWith("%") || open >= 0 && arguments.isConstant(offset)) {
      return null;
    }
    long value = arguments.value(offset);
    List<Expanded> all = new ArrayList<>();
    // lui sign-extends, so the rounded upper half must have the value's sign
    boolean word = value == (int) value && value + 0x8000 == (int) (value + 0x8000);
    if (word || !wide) {
      all.add(expanded("lui", "at", Long.toString(value + 0x8000 >> 16 & 0xFFFF)));
    } else {
      all.addAll(PseudoInstructions.load("at", value, false));
    }
    if (open >= 0) {
      String base = text.substring(open + 1, text.length() - 1).strip();
      all.add(expanded(wide ? "daddu" : "addu", "at", "at", base));
    }
    String rest = word || !wide ? Long.toString((short) value) : "0";
    all.add(expanded(mnemonic, operands.get(0), rest + "(at)"));
    return all;
  }

  /** {@code la r, offset(base)}; without a base it is no macro but a constant. */
  private static List<Expanded> address(List<String> operands, Arguments arguments, boolean wide) {
    String text = operands.get(1);
    int open = baseAt(text, arguments);
    if (open < 0) {
      return null;
    }
    String base = text.substring(open + 1, text.length() - 1).strip();
    String offset = text.substring(0, open).strip();
    long value = offset.isEmpty() ? 0 : arguments.value(offset);
    boolean number = offset.isEmpty() || arguments.isConstant(offset);
    if (number && value == (short) value) {
      String add = wide ? "daddiu" : "addiu";
      return List.of(expanded(add, operands.get(0), base, Long.toString(value)));
    }
    List<Expanded> all = new ArrayList<>(PseudoInstructions.load("at", value, number));
    all.add(expanded(wide ? "daddu" : "addu", operands.get(0), "at", base));
    return all;
  }

  /** Where the {@code (base)} of an address begins, or -1. */
  private static int baseAt(String text, Arguments arguments) {
    int open = text.lastIndexOf('(');
    boolean closed = open >= 0 && text.endsWith(")");
    return closed && isRegister(text.substring(open + 1, text.length() - 1).strip(), arguments)
        ? open
        : -1;
  }
}
