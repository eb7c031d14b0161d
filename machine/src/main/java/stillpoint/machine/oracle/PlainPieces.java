package stillpoint.machine.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import stillpoint.machine.isa.Disassembler;
import stillpoint.machine.isa.InstructionTable;
import stillpoint.machine.isa.Row;
import stillpoint.machine.time.SeededRandom;

/**
 * Pieces of one instruction of the table that touches nothing but registers, with random fields, and
 * what it needs before it lest its result be UNPREDICTABLE.
 */
final class PlainPieces {
  static final int[] FREE = {
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 31
  };

  static final int[] BASES = {28, 29, 30};
  private static final Set<String> DIVISIONS = Set.of("div", "divu", "ddiv", "ddivu");

  /** Their operands must be sign-extended words, or the result is UNPREDICTABLE. */
  private static final Set<String> OF_WORDS =
      Set.of(
          "add", "addu", "sub", "subu", "addi", "addiu", "srl", "sra", "srlv", "srav", "ror",
          "rorv", "mult", "multu", "div", "divu", "madd", "maddu", "msub", "msubu", "mul", "clz",
          "clo", "ext", "ins", "wsbh", "seb", "seh");

  private static final Set<String> NOT_PLAIN =
      Set.of(
          "eret", "deret", "wait", "sdbbp", "tlbp", "tlbr", "tlbwi", "tlbwr", "rdpgpr", "wrpgpr",
          "sync", "jr", "jr.hb", "syscall", "break");

  private static final List<Row> PLAIN =
      InstructionTable.ROWS.stream().filter(PlainPieces::isPlain).toList();

  private final SeededRandom random;

  PlainPieces(SeededRandom random) {
    this.random = random;
  }

  private static boolean isPlain(Row row) {
    String operands = row.operands().toString();
    boolean other =
        operands.contains("off")
            || operands.contains("target")
            || operands.contains("link")
            || operands.contains("code")
            || operands.contains("c0")
            || operands.contains("hwr")
            || operands.contains("old")
            || operands.contains("break");
    return !other && !NOT_PLAIN.contains(row.mnemonic());
  }

  /** One such instruction. */
  List<String> piece() {
    Row row = PLAIN.get(random.nextInt(PLAIN.size()));
    int word = row.pattern().match();
    boolean words = OF_WORDS.contains(row.mnemonic());
    boolean third = row.operands().getFirst().toString().equals("rd");
    for (char field : new char[] {'s', 't', 'd'}) {
      if (row.pattern().width(field) == 5) {
        int register = FREE[random.nextInt(FREE.length)];
        boolean source = field == 's' || third && field == 't';
        if (source && !words && random.nextInt(10) == 0) {
          register = random.nextInt(2) == 0 ? 0 : BASES[random.nextInt(BASES.length)];
        }
        word = row.pattern().set(field, word, register);
      }
    }
    boolean bits = row.mnemonic().matches("d?(ext|ins)[mu]?");
    for (char field : new char[] {'a', 'i'}) {
      if (row.pattern().width(field) > 0) {
        word = row.pattern().set(field, word, random.nextInt(1 << row.pattern().width(field)));
      }
    }
    if (bits) {
      word = bitField(row, word);
    }
    List<String> lines = new ArrayList<>();
    if (DIVISIONS.contains(row.mnemonic())) {
      // by zero is UNPREDICTABLE
      int divisor = row.pattern().get('t', word);
      lines.add("ori $" + divisor + ", $" + divisor + ", 1");
      if (divisor == 0) {
        return piece();
      }
    }
    for (char field : words ? new char[] {'s', 't'} : new char[0]) {
      int register = row.pattern().get(field, word);
      if (row.pattern().width(field) == 5 && register != 0) {
        lines.add("sll $" + register + ", $" + register + ", 0");
      }
    }
    lines.add(word(word));
    return lines;
  }

  /** Fields that the manual defines: none reaches beyond the register, none has a size below 1. */
  private int bitField(Row row, int word) {
    int lsb = row.pattern().get('a', word);
    boolean insert = row.mnemonic().contains("ins");
    int d;
    if (!insert) {
      boolean high = row.mnemonic().equals("dextu");
      boolean wide = row.mnemonic().equals("dextm");
      int room = row.mnemonic().equals("ext") ? 32 : 64;
      int most = high ? 32 - lsb : wide ? 32 : Math.min(32, room - lsb);
      d = random.nextInt(Math.max(1, Math.min(32, wide ? 32 - lsb : most)));
    } else {
      boolean wide = row.mnemonic().equals("dinsm");
      d = wide ? random.nextInt(32) : lsb + random.nextInt(32 - lsb);
    }
    return row.pattern().set('d', word, d);
  }

  private static String word(int word) {
    String text = Disassembler.disassemble(0, word).replace('\t', ' ');
    return String.format(Locale.ROOT, ".word 0x%08x # %s", word, text);
  }
}
