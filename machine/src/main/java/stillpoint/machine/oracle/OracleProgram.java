package stillpoint.machine.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * A program of independent pieces, each some lines of assembly, so that any of them can be left out.
 *
 * @param seed it was generated from
 * @param mode it starts in
 * @param registers initial general registers; HI and LO are in the places of zero and k0
 * @param pieces labels in a piece are local to it, but for {@code Pn}, the start of piece n
 */
public record OracleProgram(long seed, Mode mode, List<Long> registers, List<Piece> pieces) {
  /**
   * Where a program runs.
   *
   * @param status Status it starts with
   * @param mapped whether it is fetched, and finds its data, through the TLB
   */
  public record Mode(int status, boolean mapped) {}

  /**
   * Some lines.
   *
   * @param number its place in the program as generated
   */
  public record Piece(int number, List<String> lines) {
    public Piece {
      lines = List.copyOf(lines);
    }
  }

  public OracleProgram {
    registers = List.copyOf(registers);
    pieces = List.copyOf(pieces);
  }

  OracleProgram with(List<Piece> fewer) {
    return new OracleProgram(seed, mode, registers, fewer);
  }

  /**
   * Assembly source; {@code prefix} keeps its labels apart from those of other programs. Every piece
   * number up to the last has its label, also if the piece is not there.
   */
  public String source(String prefix) {
    StringBuilder text = new StringBuilder(prefix).append("start:\n");
    int next = 0;
    for (Piece piece : pieces) {
      while (next <= piece.number()) {
        text.append(prefix).append('P').append(next++).append(":\n");
      }
      for (String line : piece.lines()) {
        text.append("  ").append(line.replace("@", prefix)).append('\n');
      }
    }
    while (next <= ProgramGenerator.MOST_PIECES + ProgramGenerator.FARTHEST) {
      text.append(prefix).append('P').append(next++).append(":\n");
    }
    return text.append("  syscall\n").toString();
  }

  /** The program with ever fewer pieces, as long as {@code differs} still says so. */
  public OracleProgram shrunk(Predicate<OracleProgram> differs) {
    OracleProgram best = this;
    for (int size = Math.max(1, pieces.size() / 2); size >= 1; size /= 2) {
      for (int from = 0; from < best.pieces.size(); ) {
        List<Piece> fewer = new ArrayList<>(best.pieces);
        fewer.subList(from, Math.min(from + size, fewer.size())).clear();
        OracleProgram candidate = best.with(fewer);
        if (!fewer.isEmpty() && differs.test(candidate)) {
          best = candidate;
        } else {
          from += size;
        }
      }
    }
    return best;
  }
}
