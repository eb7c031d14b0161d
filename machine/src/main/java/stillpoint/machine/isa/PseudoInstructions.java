package stillpoint.machine.isa;

import java.util.ArrayList;
import java.util.List;

/**
 * What the assembler understands beyond the table, each expanded into rows of it: nop, ssnop, ehb,
 * move, li, dli, la, dla, b, bal, beqz, bnez and their likely forms, not, neg, negu, dneg, dnegu,
 * the manual's names of the rotations, and dext, dins and the doubleword shifts with numbers that
 * need another form, and GNU's spelling of divisions. What needs a temporary register ({@code at})
 * or several instructions is in {@link Macros}.
 */
final class PseudoInstructions {
  /** One real instruction. */
  record Expanded(String mnemonic, List<String> operands) {}

  private PseudoInstructions() {}

  /** {@code wide}: addresses have 64 bits. */
  static List<Expanded> expand(
      String mnemonic, List<String> operands, Arguments arguments, boolean wide) {
    List<Expanded> macro = Macros.expand(mnemonic, operands, arguments, wide);
    return macro != null ? macro : simple(mnemonic, operands, arguments, wide);
  }

  private static List<Expanded> simple(
      String mnemonic, List<String> operands, Arguments arguments, boolean wide) {
    return switch (mnemonic) {
      case "nop" -> none(operands, arguments, one("sll", "zero", "zero", "0"));
      case "ssnop" -> none(operands, arguments, one("sll", "zero", "zero", "1"));
      case "ehb" -> none(operands, arguments, one("sll", "zero", "zero", "3"));
      case "pause" -> none(operands, arguments, one("sll", "zero", "zero", "5"));
      case "b" -> one("beq", with(operands, "zero", "zero"));
      case "bal" -> one("bgezal", with(operands, "zero"));
      case "beqz", "bnez" -> one(mnemonic.substring(0, 3), compareToZero(operands));
      case "beqzl", "bnezl" -> one(mnemonic.substring(0, 3) + "l", compareToZero(operands));
      case "move" -> one("or", afterAll(operands, "zero"));
      case "not" -> one("nor", afterAll(operands, "zero"));
      case "neg" -> one("sub", afterFirst(operands, "zero"));
      case "negu" -> one("subu", afterFirst(operands, "zero"));
      case "dneg" -> one("dsub", afterFirst(operands, "zero"));
      case "dnegu" -> one("dsubu", afterFirst(operands, "zero"));
      case "div", "divu", "ddiv", "ddivu" -> one(mnemonic, withoutZero(operands, arguments));
      case "rotr" -> one("ror", operands);
      case "rotrv" -> one("rorv", operands);
      case "drotrv" -> one("drorv", operands);
      case "drotr" -> shift("dror", operands, arguments);
      case "drotr32" -> one("dror32", operands);
      case "dsll", "dsrl", "dsra", "dror" -> shift(mnemonic, operands, arguments);
      case "dext", "dins" -> bitField(mnemonic, operands, arguments);
      case "li", "dli", "la", "dla" -> constant(mnemonic, arguments, wide);
      default -> one(mnemonic, operands);
    };
  }

  private static List<Expanded> one(String mnemonic, String... operands) {
    return one(mnemonic, List.of(operands));
  }

  private static List<Expanded> one(String mnemonic, List<String> operands) {
    return List.of(new Expanded(mnemonic, List.copyOf(operands)));
  }

  private static List<Expanded> none(List<String> given, Arguments arguments, List<Expanded> as) {
    if (!given.isEmpty()) {
      throw arguments.error("'" + given.getFirst() + "' is an operand too many");
    }
    return as;
  }

  private static List<String> with(List<String> operands, String... before) {
    List<String> all = new ArrayList<>(List.of(before));
    all.addAll(operands);
    return all;
  }

  private static List<String> afterAll(List<String> operands, String last) {
    List<String> all = new ArrayList<>(operands);
    all.add(last);
    return all;
  }

  private static List<String> afterFirst(List<String> operands, String second) {
    List<String> all = new ArrayList<>(operands);
    all.add(Math.min(1, all.size()), second);
    return all;
  }

  /**
   * GNU tools write a zero register before the operands of a division that leaves its result in HI
   * and LO.
   */
  private static List<String> withoutZero(List<String> operands, Arguments arguments) {
    boolean three = operands.size() == 3 && arguments.registerNumber(operands.getFirst()) == 0;
    return three ? operands.subList(1, 3) : operands;
  }

  private static List<String> compareToZero(List<String> operands) {
    return afterFirst(operands, "zero");
  }

  private static List<Expanded> shift(String mnemonic, List<String> operands, Arguments arguments) {
    if (operands.size() == 3) {
      long amount = arguments.value(operands.get(2));
      if (amount >= 32 && amount < 64) {
        return one(mnemonic + "32", operands.get(0), operands.get(1), Long.toString(amount - 32));
      }
    }
    return one(mnemonic, operands);
  }

  private static List<Expanded> bitField(
      String mnemonic, List<String> operands, Arguments arguments) {
    if (operands.size() == 4) {
      long position = arguments.value(operands.get(2));
      long size = arguments.value(operands.get(3));
      boolean large = mnemonic.equals("dext") ? size > 32 : position + size > 32;
      String form = position >= 32 ? "u" : large ? "m" : "";
      return one(mnemonic + form, operands);
    }
    return one(mnemonic, operands);
  }

  private static List<Expanded> constant(String mnemonic, Arguments arguments, boolean wide) {
    String register = arguments.text();
    String text = arguments.text();
    if (arguments.left() > 0) {
      throw arguments.error("'" + arguments.text() + "' is an operand too many");
    }
    long value = arguments.value(text);
    if (mnemonic.equals("li") || !wide) {
      // also an unsigned word: it is sign-extended as the register form of a word
      String what = mnemonic + " constant";
      value = (int) arguments.within(value, Integer.MIN_VALUE, 0xFFFF_FFFFL, what, text);
    }
    return load(register, value, arguments.isConstant(text));
  }

  /**
   * The shortest of the usual sequences for a number; a label, which may still move, always gets
   * the room of an address of its reach.
   */
  static List<Expanded> load(String register, long value, boolean number) {
    List<Expanded> out = new ArrayList<>();
    if (number && value == (short) value) {
      return one("addiu", register, "zero", Long.toString(value));
    }
    if (number && value == (value & 0xFFFF)) {
      return one("ori", register, "zero", Long.toString(value));
    }
    if (value == (int) value) {
      out.add(expanded("lui", register, Long.toString(value >> 16 & 0xFFFF)));
      if (!number || (value & 0xFFFF) != 0) {
        out.add(expanded("ori", register, register, Long.toString(value & 0xFFFF)));
      }
      return out;
    }
    out.add(expanded("lui", register, Long.toString(value >> 48 & 0xFFFF)));
    out.add(expanded("ori", register, register, Long.toString(value >> 32 & 0xFFFF)));
    out.add(expanded("dsll", register, register, "16"));
    out.add(expanded("ori", register, register, Long.toString(value >> 16 & 0xFFFF)));
    out.add(expanded("dsll", register, register, "16"));
    out.add(expanded("ori", register, register, Long.toString(value & 0xFFFF)));
    return out;
  }

  static Expanded expanded(String mnemonic, String... operands) {
    return new Expanded(mnemonic, List.of(operands));
  }
}
