package stillpoint.machine.isa;

/**
 * One instruction word, decoded once: its row of the table; its fields are read from the word. A
 * record, since the JVM takes the fields of a record that is a constant for constants themselves:
 * translated code consists of such instructions.
 *
 * @param row null for a word that is no instruction
 * @param meaning what executing it does; the row's, unless somebody watches or the word is no
 *     instruction
 * @param number its number in {@link Frequent}, if executing it is its row's meaning and nothing
 *     else
 */
public record Instruction(Row row, Meaning meaning, int word, int number) {
  public Instruction(Row row, Meaning meaning, int word) {
    this(
        row,
        meaning,
        word,
        row == null || meaning != row.meaning() ? Frequent.NONE : Frequent.numberOf(row));
  }

  public Outcome execute(Processor core) {
    return meaning.execute(core, this);
  }

  /** Bits 25-21. */
  public int rs() {
    return word >>> 21 & 31;
  }

  /** Bits 20-16. */
  public int rt() {
    return word >>> 16 & 31;
  }

  /** Bits 15-11. */
  public int rd() {
    return word >>> 11 & 31;
  }

  /** Bits 10-6: a shift amount, or the least significant bit of a bit field. */
  public int sa() {
    return word >>> 6 & 31;
  }

  /** Bits 15-0, sign-extended. */
  public int imm() {
    return (short) word;
  }

  /** Bits 15-0, zero-extended. */
  public int uimm() {
    return word & 0xFFFF;
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
