package stillpoint.console;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import stillpoint.machine.oracle.Harness;
import stillpoint.machine.oracle.HarnessResults;
import stillpoint.machine.oracle.OracleProgram;
import stillpoint.machine.oracle.OwnRun;
import stillpoint.machine.oracle.ProgramGenerator;

/** The differential tester: random programs on this CPU and on QEMU's, which must leave the same. */
final class Oracle {
  /**
   * What a batch of programs gave.
   *
   * @param programs compared
   * @param instructions executed here, the harness's included
   * @param differences a text of some lines for each program that differs
   */
  record Result(int programs, long instructions, List<String> differences) {}

  private final Qemu qemu;
  private final boolean bigEndian;
  private final int mostDifferences;

  Oracle(Qemu qemu, boolean bigEndian, int mostDifferences) {
    this.qemu = qemu;
    this.bigEndian = bigEndian;
    this.mostDifferences = mostDifferences;
  }

  /** Compares the programs of some seeds in a row; {@code notes} hears of progress. */
  Result compare(long firstSeed, int count, Consumer<String> notes) throws IOException {
    List<OracleProgram> programs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      programs.add(ProgramGenerator.generate(firstSeed + i));
    }
    byte[] image = Harness.image(programs, bigEndian, false);
    String theirs = qemu.run(image);
    OwnRun.Outcome ours = OwnRun.of(image);
    List<String> differences = new ArrayList<>();
    String[] ourLines = ours.text().split("\n");
    String[] theirLines = theirs.split("\n");
    for (int i = 0; i < count && differences.size() < mostDifferences; i++) {
      String our = i < ourLines.length ? ourLines[i] : "nothing";
      String their = i < theirLines.length ? theirLines[i] : "nothing";
      if (!our.equals(their) || our.isEmpty()) {
        notes.accept("seed " + (firstSeed + i) + " differs; shrinking");
        differences.add(explain(programs.get(i)));
        if (our.equals("nothing") || their.equals("nothing")) {
          break; // one of them never came back from this program
        }
      }
    }
    return new Result(count, ours.instructions(), differences);
  }

  private boolean differs(OracleProgram program) {
    try {
      byte[] image = Harness.image(List.of(program), bigEndian, true);
      return !qemu.run(image).equals(OwnRun.of(image).text());
    } catch (IOException e) {
      throw new UserError("QEMU cannot run: " + e.getMessage());
    }
  }

  /** The smallest program that still differs, and what is different. */
  private String explain(OracleProgram program) throws IOException {
    OracleProgram least = differs(program) ? program.shrunk(this::differs) : program;
    byte[] image = Harness.image(List.of(least), bigEndian, true);
    String[] ours = OwnRun.of(image).text().split("\n");
    String[] theirs = qemu.run(image).split("\n");
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "seed %d, %s-endian, Status 0x%x%s, %d of %d pieces:%n",
            program.seed(),
            bigEndian ? "big" : "little",
            program.mode().status(),
            program.mode().mapped() ? ", mapped" : "",
            least.pieces().size(),
            program.pieces().size()));
    least
        .pieces()
        .forEach(p -> p.lines().forEach(line -> text.append("    ").append(line).append('\n')));
    int shown = 0;
    for (int i = 0; i < HarnessResults.RESULT_DOUBLEWORDS && shown < 12; i++) {
      String our = i < ours.length ? ours[i] : "nothing";
      String their = i < theirs.length ? theirs[i] : "nothing";
      if (!our.equals(their)) {
        shown++;
        text.append(
            String.format("  %-24s here %s, QEMU %s%n", HarnessResults.nameOf(i), our, their));
      }
    }
    return text.toString();
  }
}
