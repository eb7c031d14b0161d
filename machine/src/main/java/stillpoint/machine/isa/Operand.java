package stillpoint.machine.isa;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One operand of an instruction's assembly syntax: how its fields print and how its text is read
 * into them. Numbers print as objdump does: amounts, codes and logical immediates in hexadecimal,
 * arithmetic ones in decimal.
 */
public final class Operand {
  /** Text of the operand, or null when it is left out because it has its usual value. */
  @FunctionalInterface
  private interface Printer {
    String print(Pattern pattern, int word, long pc);
  }

  @FunctionalInterface
  private interface Reader {
    int read(Arguments arguments, Pattern pattern, int word, long pc);
  }

  private static final Map<String, Operand> BY_NAME = new LinkedHashMap<>();

  private final String name;
  private final Printer printer;
  private final Reader reader;

  private Operand(String name, Printer printer, Reader reader) {
    this.name = name;
    this.printer = printer;
    this.reader = reader;
  }

  /** The operand that the table writes as {@code name}. */
  static Operand named(String name) {
    Operand operand = BY_NAME.get(name);
    if (operand == null) {
      throw new IllegalArgumentException("no operand is called '" + name + "'");
    }
    return operand;
  }

  String print(Pattern pattern, int word, long pc) {
    return printer.print(pattern, word, pc);
  }

  /** {@code word} with this operand's fields filled from the arguments. */
  int read(Arguments arguments, Pattern pattern, int word, long pc) {
    return reader.read(arguments, pattern, word, pc);
  }

  @Override
  public String toString() {
    return name;
  }

  private static void define(String name, Printer printer, Reader reader) {
    BY_NAME.put(name, new Operand(name, printer, reader));
  }

  private static void register(String name, char field) {
    define(
        name,
        (p, w, _) -> RegisterNames.nameOf(p.get(field, w)),
        (a, p, w, _) -> p.set(field, w, a.register()));
  }

  /** A number that sits in its field less {@code bias}. */
  private static void amount(String name, char field, int bias, String what) {
    define(
        name,
        (p, w, _) -> hex(p.get(field, w) + bias),
        (a, p, w, _) -> {
          long most = (1 << p.width(field)) - 1 + bias;
          return p.set(field, w, (int) a.valueWithin(bias, most, what) - bias);
        });
  }

  /** A number that may be left out when it is 0. */
  private static void optionalAmount(String name, char field, String what) {
    define(
        name,
        (p, w, _) -> p.get(field, w) == 0 ? null : hex(p.get(field, w)),
        (a, p, w, _) ->
            a.left() == 0
                ? w
                : p.set(field, w, (int) a.valueWithin(0, (1 << p.width(field)) - 1, what)));
  }

  /**
   * The size of an inserted bit field: the word holds its most significant bit (field d) and its
   * least (field a), the former less {@code bias}. Sizes below 1 are UNPREDICTABLE and print, but
   * do not assemble.
   */
  private static void insertSize(String name, int bias) {
    define(
        name,
        (p, w, _) -> hex(p.get('d', w) + bias - p.get('a', w) + 1),
        (a, p, w, _) -> {
          int lsb = p.get('a', w);
          long least = Math.max(1, bias - lsb + 1);
          int size = (int) a.valueWithin(least, 32 + bias - lsb, "size");
          return p.set('d', w, lsb + size - 1 - bias);
        });
  }

  static {
    register("rs", 's');
    register("rt", 't');
    register("rd", 'd');
    // the link register of jalr: ra is left out
    define(
        "link",
        (p, w, _) -> p.get('d', w) == 31 ? null : RegisterNames.nameOf(p.get('d', w)),
        (a, p, w, _) -> p.set('d', w, a.left() > 1 ? a.register() : 31));
    // the destination of di and ei: zero is left out
    define(
        "old",
        (p, w, _) -> p.get('t', w) == 0 ? null : RegisterNames.nameOf(p.get('t', w)),
        (a, p, w, _) -> p.set('t', w, a.left() > 0 ? a.register() : 0));
    define(
        "imm",
        (p, w, _) -> Integer.toString((short) p.get('i', w)),
        (a, p, w, _) -> p.set('i', w, (int) a.valueWithin(-0x8000, 0x7FFF, "immediate")));
    define(
        "uimm",
        (p, w, _) -> hex(p.get('i', w)),
        (a, p, w, _) -> p.set('i', w, (int) a.valueWithin(0, 0xFFFF, "immediate")));
    define("off(rs)", Operand::printAddress, Operand::readAddress);
    define(
        "off",
        (p, w, pc) -> "0x" + Long.toHexString(pc + 4 + ((long) (short) p.get('i', w) << 2)),
        Operand::readBranch);
    define(
        "target",
        (p, w, pc) -> "0x" + Long.toHexString((pc + 4) & ~0x0FFF_FFFFL | (long) p.get('j', w) << 2),
        Operand::readJump);
    define("c0", Operand::printCp0, Operand::readCp0);
    define(
        "hwr",
        (p, w, _) -> "$" + p.get('d', w),
        (a, p, w, _) -> p.set('d', w, a.numberedRegister()));
    define("break", Operand::printBreak, Operand::readBreak);
    amount("sa", 'a', 0, "shift amount");
    amount("pos", 'a', 0, "position");
    amount("pos+32", 'a', 32, "position");
    amount("size", 'd', 1, "size");
    amount("size+32", 'd', 33, "size");
    amount("op", 't', 0, "operation");
    insertSize("msb", 0);
    insertSize("msb+32", 32);
    optionalAmount("code", 'c', "code");
    optionalAmount("stype", 'a', "kind of sync");
  }

  private static String hex(int value) {
    return "0x" + Integer.toHexString(value);
  }

  private static String printAddress(Pattern p, int word, long pc) {
    return (short) p.get('i', word) + "(" + RegisterNames.nameOf(p.get('s', word)) + ")";
  }

  private static int readAddress(Arguments a, Pattern p, int word, long pc) {
    String text = a.text();
    int open = text.lastIndexOf('(');
    if (open < 0 || !text.endsWith(")")) {
      throw a.error("'" + text + "' is not an address of the form offset(register)");
    }
    int base = a.registerNumber(text.substring(open + 1, text.length() - 1).strip());
    if (base < 0) {
      throw a.error("'" + text + "' has no general register between its parentheses");
    }
    String offset = text.substring(0, open).strip();
    long value = offset.isEmpty() ? 0 : a.value(offset);
    a.within(value, -0x8000, 0x7FFF, "offset", offset);
    return p.set('i', p.set('s', word, base), (int) value);
  }

  private static int readBranch(Arguments a, Pattern p, int word, long pc) {
    String text = a.text();
    long distance = a.value(text) - (pc + 4);
    if ((distance & 3) != 0) {
      throw a.error("branch target " + text + " is not a word address");
    }
    a.within(distance >> 2, -0x8000, 0x7FFF, "distance in words to", text);
    return p.set('i', word, (int) (distance >> 2));
  }

  private static int readJump(Arguments a, Pattern p, int word, long pc) {
    String text = a.text();
    long target = a.value(text);
    if ((target & 3) != 0) {
      throw a.error("jump target " + text + " is not a word address");
    }
    if (((target ^ (pc + 4)) & ~0x0FFF_FFFFL) != 0) {
      throw a.error("jump target " + text + " is not in the 256 MiB region of the jump");
    }
    return p.set('j', word, (int) (target >> 2));
  }

  private static String printCp0(Pattern p, int word, long pc) {
    int sel = p.get('l', word);
    return "$" + p.get('d', word) + (sel == 0 ? "" : "," + sel);
  }

  private static int readCp0(Arguments a, Pattern p, int word, long pc) {
    int named = p.set('d', word, a.numberedRegister());
    return a.left() == 0 ? named : p.set('l', named, (int) a.valueWithin(0, 7, "select"));
  }

  /**
   * The 20 bits of break in two halves, as GNU as has always read them; a zero second half is left
   * out.
   */
  private static String printBreak(Pattern p, int word, long pc) {
    int code = p.get('c', word);
    int high = code >>> 10;
    int low = code & 0x3FF;
    return low != 0 ? hex(high) + "," + hex(low) : high != 0 ? hex(high) : null;
  }

  private static int readBreak(Arguments a, Pattern p, int word, long pc) {
    int high = a.left() == 0 ? 0 : (int) a.valueWithin(0, 0x3FF, "code");
    int low = a.left() == 0 ? 0 : (int) a.valueWithin(0, 0x3FF, "second code");
    return p.set('c', word, high << 10 | low);
  }
}
