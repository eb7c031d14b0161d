package stillpoint.machine.isa;

/**
 * Instruction words as text, in the manner of {@code objdump -M
 * no-aliases,gpr-names=64,cp0-names=numeric}: a mnemonic, a tab, operands. Bit-field and rotate
 * mnemonics are the table's own ({@code dextm}, where objdump writes {@code dext}).
 */
public final class Disassembler {
  private Disassembler() {}

  /**
   * {@code pc}: address of the word, for branch and jump targets. A word that is no instruction
   * prints as .word.
   */
  public static String disassemble(long pc, int word) {
    Row row = Decoder.rowOf(word);
    if (row == null) {
      return ".word\t0x" + Integer.toHexString(word);
    }
    StringBuilder text = new StringBuilder(row.mnemonic());
    char separator = '\t';
    for (Operand operand : row.operands()) {
      String printed = operand.print(row.pattern(), word, pc);
      if (printed != null) {
        text.append(separator).append(printed);
        separator = ',';
      }
    }
    return text.toString();
  }
}
