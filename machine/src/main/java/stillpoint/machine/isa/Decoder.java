package stillpoint.machine.isa;

import java.util.ArrayList;
import java.util.List;

/**
 * Finds the row of an instruction word: by opcode, then, where the opcode shares its word with a
 * second one (function, rt or rs field), by that. What is left is a handful of rows at most, tried
 * in turn.
 */
public final class Decoder {
  private static final int SPECIAL = 0x00;
  private static final int REGIMM = 0x01;
  private static final int COP0 = 0x10;
  private static final int SPECIAL2 = 0x1C;
  private static final int SPECIAL3 = 0x1F;

  private static final Meaning RESERVED = (core, _) -> core.raise(ExcCode.RI);
  private static final Row[][] BUCKETS = buckets();

  private Decoder() {}

  /** Row of a word, or null if the word is no instruction of the table. */
  public static Row rowOf(int word) {
    for (Row row : BUCKETS[bucketOf(word)]) {
      if (row.pattern().matches(word)) {
        return row;
      }
    }
    return null;
  }

  /** Any word decodes: one that is no instruction executes as an exception. */
  public static Instruction decode(int word) {
    Row row = rowOf(word);
    if (row != null) {
      return new Instruction(row, row.meaning(), word);
    }
    return unknown(word);
  }

  /** As {@link #decode} where 64-bit operations are not enabled: they are reserved. */
  public static Instruction decodeNarrow(int word) {
    Row row = rowOf(word);
    return row != null && row.isWide() ? new Instruction(null, RESERVED, word) : decode(word);
  }

  private static Instruction unknown(int word) {
    int coprocessor = coprocessorOf(word);
    Meaning meaning =
        coprocessor == 0 ? RESERVED : (core, _) -> core.raise(ExcCode.CpU, coprocessor);
    return new Instruction(null, meaning, word);
  }

  /**
   * The coprocessor, 1 or 2, that a word is for, or 0. There is no floating point unit: COP1X and
   * movf/movt count as 1.
   */
  public static int coprocessorOf(int word) {
    return switch (word >>> 26) {
      case SPECIAL -> (word & 0x3F) == 1 ? 1 : 0;
      case 0x11, 0x13, 0x31, 0x35, 0x39, 0x3D -> 1;
      case 0x12, 0x32, 0x36, 0x3A, 0x3E -> 2;
      default -> 0;
    };
  }

  private static int bucketOf(int word) {
    int opcode = word >>> 26;
    int second =
        switch (opcode) {
          case SPECIAL, SPECIAL2, SPECIAL3 -> word & 0x3F;
          case REGIMM -> word >>> 16 & 0x1F;
          case COP0 -> word >>> 21 & 0x1F;
          default -> 0;
        };
    return opcode << 6 | second;
  }

  /**
   * A row goes into every bucket that a word of its can fall into: several, where its fields reach
   * into the second part.
   */
  private static Row[][] buckets() {
    List<List<Row>> lists = new ArrayList<>();
    for (int i = 0; i < 64 * 64; i++) {
      lists.add(new ArrayList<>());
    }
    for (Row row : InstructionTable.ROWS) {
      int match = row.pattern().match();
      int free = ~row.pattern().mask();
      for (int second = 0; second < 64; second++) {
        // spread the second part over all the places it may have in a word; bucketOf looks at one
        // of them
        int everywhere = second | (second & 0x1F) << 16 | (second & 0x1F) << 21;
        int bucket = bucketOf(match | everywhere & free);
        if (!lists.get(bucket).contains(row)) {
          lists.get(bucket).add(row);
        }
      }
    }
    return lists.stream().map(list -> list.toArray(Row[]::new)).toArray(Row[][]::new);
  }
}
