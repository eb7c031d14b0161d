package stillpoint.machine.isa;

/** One instruction word, decoded once: its row of the table and its fields. Immutable. */
public final class Instruction {
  private final Meaning meaning;
  private final Row row;
  private final int word;
  private final int imm;
  private final byte rs;
  private final byte rt;
  private final byte rd;
  private final byte sa;
  private final int number;

  /**
   * @param row null for a word that is no instruction
   * @param meaning what executing it does; the row's, unless somebody watches or the word is no
   *     instruction
   */
  public Instruction(Row row, Meaning meaning, int word) {
    this.row = row;
    this.meaning = meaning;
    this.word = word;
    this.imm = (short) word;
    this.rs = (byte) (word >>> 21 & 31);
    this.rt = (byte) (word >>> 16 & 31);
    this.rd = (byte) (word >>> 11 & 31);
    this.sa = (byte) (word >>> 6 & 31);
    this.number = row == null || meaning != row.meaning() ? Frequent.NONE : Frequent.numberOf(row);
  }

  public Outcome execute(Processor core) {
    return meaning.execute(core, this);
  }

  /** Its number in {@link Frequent}, if executing it is its row's meaning and nothing else. */
  public int number() {
    return number;
  }

  /** Its row, or null for a word that is no instruction. */
  public Row row() {
    return row;
  }

  public int word() {
    return word;
  }

  /** Bits 25-21. */
  public int rs() {
    return rs;
  }

  /** Bits 20-16. */
  public int rt() {
    return rt;
  }

  /** Bits 15-11. */
  public int rd() {
    return rd;
  }

  /** Bits 10-6: a shift amount, or the least significant bit of a bit field. */
  public int sa() {
    return sa;
  }

  /** Bits 15-0, sign-extended. */
  public int imm() {
    return imm;
  }

  /** Bits 15-0, zero-extended. */
  public int uimm() {
    return imm & 0xFFFF;
  }

  /** Bits 25-0. */
  public int index() {
    return word & 0x03FF_FFFF;
  }

  /** Bits 2-0: the select field of CP0 moves. */
  public int sel() {
    return word & 7;
  }

  /** The code field of syscall, break, traps and wait; 0 if this instruction has none. */
  public int code() {
    return row == null ? 0 : row.pattern().get('c', word);
  }
}
