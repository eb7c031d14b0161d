package stillpoint.machine.isa;

import java.util.ArrayList;
import java.util.List;

/**
 * What docs/isa.md shows: the table as it executes, and what else the manual's volume II lists, with
 * what this processor makes of it.
 */
public final class IsaPage {
  private static final String EXECUTED = "executed";
  private static final String NO_EJTAG = "reserved (RI): there is no EJTAG";

  /** Names in the manual that are words of another row. */
  private static final List<List<String>> IDIOMS =
      List.of(
          List.of("b", "`beq zero, zero, off`"),
          List.of("bal", "`bgezal zero, off`"),
          List.of("nop", "`sll zero, zero, 0`"),
          List.of("ssnop", "`sll zero, zero, 1`"),
          List.of("ehb", "`sll zero, zero, 3`; there are no hazards to clear"),
          List.of("pause", "`sll zero, zero, 5`; a hint"),
          List.of(
              "rotr, rotrv, drotr, drotr32, drotrv", "`ror`, `rorv`, `dror`, `dror32`, `drorv`"));

  /** Instructions of the manual's integer list that belong to what this processor has not. */
  private static final List<List<String>> ABSENT =
      List.of(
          List.of("movf, movt", "coprocessor 1 unusable: they test a condition of the FPU"),
          List.of(
              "bc1f, bc1t, bc1fl, bc1tl, ldc1, lwc1, sdc1, swc1, mfc1, mtc1, dmfc1, dmtc1, "
                  + "cfc1, ctc1, mfhc1, mthc1, ldxc1, lwxc1, luxc1, sdxc1, swxc1, suxc1, prefx, "
                  + "and all COP1 and COP1X arithmetic",
              "coprocessor 1 unusable: there is no FPU"),
          List.of(
              "bc2f, bc2t, bc2fl, bc2tl, cop2, ldc2, lwc2, sdc2, swc2, mfc2, mtc2, dmfc2, "
                  + "dmtc2, cfc2, ctc2, mfhc2, mthc2",
              "coprocessor 2 unusable: there is none"),
          List.of("jalx", "reserved (RI): there is no MIPS16e"));

  private IsaPage() {}

  /** The generated part of the page. */
  public static String toMarkdown() {
    List<String> lines = new ArrayList<>();
    lines.add("| instruction | operands | word | status |");
    lines.add("|---|---|---|---|");
    for (Row row : InstructionTable.ROWS) {
      List<String> operands = row.operands().stream().map(Operand::toString).toList();
      String shown = operands.isEmpty() ? "" : "`" + String.join(", ", operands) + "`";
      lines.add(
          "| `%s` | %s | `%s` | %s |"
              .formatted(row.mnemonic(), shown, row.pattern(), statusOf(row)));
    }
    addTable(lines, "also in the manual | is", IDIOMS);
    addTable(lines, "not executed | instead", ABSENT);
    return String.join("\n", lines) + "\n";
  }

  private static String statusOf(Row row) {
    return switch (row.mnemonic()) {
      case "deret", "sdbbp" -> NO_EJTAG;
      default -> row.isWide() ? EXECUTED + ", 64-bit" : EXECUTED;
    };
  }

  private static void addTable(List<String> lines, String head, List<List<String>> rows) {
    lines.add("");
    lines.add("| " + head + " |");
    lines.add("|---|---|");
    for (List<String> row : rows) {
      lines.add("| " + String.join(" | ", row) + " |");
    }
  }
}
