package stillpoint.console;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import stillpoint.machine.cpu.Translator;
import stillpoint.machine.time.BrokenInvariant;

/**
 * {@code bench cpu}: the freestanding programs of guest/bench on a bare core with both its caches,
 * interpreted and translated, and, where QEMU is installed, the same files there, by turns. Loading,
 * printing and QEMU's start are taken out: a short run is subtracted from a long one. What counts is
 * processor time, of this thread and of QEMU, so that others on the host matter less; a figure is
 * the median of its rounds, the ratio that of the ratios of each round.
 */
final class CpuBenchmark implements Benchmark {
  private static final List<String> PROGRAMS =
      List.of("mix", "strings", "sha256", "quicksort", "memcpy", "list");
  private static final int ROUNDS = 5;

  /** Runs before the rounds, in which the JVM's compiler gets to its end. */
  private static final int WARM_UPS = 4;

  private static final long INTERPRETED_INSTRUCTIONS = 100_000_000;
  private static final long TRANSLATED_INSTRUCTIONS = 400_000_000;
  private static final long QEMU_INSTRUCTIONS = 1_000_000_000;
  private static final long QUICK_INSTRUCTIONS = 2_000_000;
  private static final long QUICK_QEMU_INSTRUCTIONS = 200_000_000;
  private static final List<String> COLUMNS =
      List.of(
          "program",
          "mips",
          "interpreted_mips",
          "qemu_mips",
          "ratio",
          "wall_mips",
          "qemu_wall_mips",
          "instructions_per_pass",
          "note");

  /** Guest MIPS, translated, interpreted, QEMU's, their ratio; then by the wall clock. */
  private static final int FIGURES = 6;

  private final Path home;

  CpuBenchmark(Path home) {
    this.home = home;
  }

  @Override
  public String name() {
    return "cpu";
  }

  @Override
  public String about() {
    return "guest MIPS of processor time of six freestanding programs on one bare core with both"
        + " caches, and of qemu-system-mips64 running the same files where it is installed.";
  }

  @Override
  public Table measure(boolean quick) {
    Optional<Qemu> qemu = Qemu.find(true);
    List<List<Object>> rows = new ArrayList<>();
    double[] logs = new double[FIGURES];
    for (String name : PROGRAMS) {
      BenchProgram program = BenchProgram.read(home.resolve("guest/bench/" + name + ".elf"));
      Measured measured = new Measuring(program, qemu, quick).measure();
      rows.add(row(name, measured.figures, measured.perPass, "checksum " + measured.checksum));
      for (int i = 0; i < FIGURES; i++) {
        logs[i] += Math.log(measured.figures[i]);
      }
    }
    double[] means = Arrays.stream(logs).map(sum -> Math.exp(sum / PROGRAMS.size())).toArray();
    String note = "processor cores: " + Runtime.getRuntime().availableProcessors();
    if (qemu.isEmpty()) {
      note += "; SKIPPED: no comparison, qemu-system-mips64 is not installed";
    }
    rows.add(row("geometric mean", means, Double.NaN, note));
    return new Table(COLUMNS, rows);
  }

  private static List<Object> row(String name, double[] figures, Object perPass, String note) {
    List<Object> cells = new ArrayList<>();
    cells.add(name);
    Arrays.stream(figures).forEach(cells::add);
    cells.add(perPass);
    cells.add(note);
    return cells;
  }

  /** {@code figures}: as {@link #FIGURES} says, NaN where nothing can be said. */
  private record Measured(double[] figures, long perPass, String checksum) {}

  /** Seconds of so many passes more. */
  private record Time(double cpuSeconds, double seconds) {}

  private static final class Measuring {
    private final BenchProgram program;
    private final Optional<Qemu> qemu;
    private final boolean quick;
    private final Translator translator;
    private final BenchProgram.Run one;
    private final long perPass;

    Measuring(BenchProgram program, Optional<Qemu> qemu, boolean quick) {
      this.program = program;
      this.qemu = qemu;
      this.quick = quick;
      this.translator = quick ? new Translator(0, 50) : new Translator();
      this.one = program.run(1);
      this.perPass = program.run(2).instructions() - one.instructions();
    }

    Measured measure() {
      if (qemu.isPresent()) {
        requireSame(one.output(), there(1).text());
      }
      long interpretedPasses = passes(quick ? QUICK_INSTRUCTIONS : INTERPRETED_INSTRUCTIONS);
      long translatedPasses = passes(quick ? QUICK_INSTRUCTIONS : TRANSLATED_INSTRUCTIONS);
      long qemuPasses = passes(quick ? QUICK_QEMU_INSTRUCTIONS : QEMU_INSTRUCTIONS);
      requireSameTranslated(interpretedPasses);
      for (int i = 0; i < (quick ? 0 : WARM_UPS); i++) {
        here(translatedPasses, translator);
      }
      double[][] rounds = new double[quick ? 1 : ROUNDS][];
      for (int round = 0; round < rounds.length; round++) {
        Time interpreted = here(interpretedPasses, null);
        Time translated = here(translatedPasses, translator);
        Time qemus = qemu.isPresent() ? difference(qemuPasses) : new Time(Double.NaN, Double.NaN);
        double mips = mips(translatedPasses, translated.cpuSeconds);
        double qemuMips = mips(qemuPasses, qemus.cpuSeconds);
        rounds[round] =
            new double[] {
              mips,
              mips(interpretedPasses, interpreted.cpuSeconds),
              qemuMips,
              mips / qemuMips,
              mips(translatedPasses, translated.seconds),
              mips(qemuPasses, qemus.seconds)
            };
      }
      return new Measured(medians(rounds), perPass, one.output().replaceFirst("^.* ", ""));
    }

    /** What is translated must print and count as what is interpreted. */
    private void requireSameTranslated(long passes) {
      BenchProgram.Run interpreted = program.run(1 + passes);
      BenchProgram.Run translated = program.run(1 + passes, translator);
      if (translated.instructions() != interpreted.instructions()
          || !translated.output().equals(interpreted.output())) {
        throw new BrokenInvariant(
            program
                + ": interpreted "
                + interpreted.instructions()
                + " instructions, '"
                + interpreted.output()
                + "'; translated "
                + translated.instructions()
                + ", '"
                + translated.output()
                + "'");
      }
    }

    /** Besides the one that every run has. */
    private long passes(long instructions) {
      return Math.max(1, instructions / perPass);
    }

    private Time here(long passes, Translator with) {
      BenchProgram.Run brief = program.run(1, with);
      BenchProgram.Run longer = program.run(1 + passes, with);
      return new Time(longer.cpuSeconds() - brief.cpuSeconds(), longer.seconds() - brief.seconds());
    }

    private Time difference(long passes) {
      Qemu.Run brief = there(1);
      Qemu.Run longer = there(1 + passes);
      return new Time(longer.cpuSeconds() - brief.cpuSeconds(), longer.seconds() - brief.seconds());
    }

    private Qemu.Run there(long passes) {
      try {
        return qemu.orElseThrow().timed(program.withPasses(passes));
      } catch (IOException e) {
        throw new UserError(program + ": " + e.getMessage());
      }
    }

    private double mips(long passes, double seconds) {
      // a difference too small to be one says nothing
      return seconds < 1e-3 ? Double.NaN : passes * perPass / seconds / 1e6;
    }

    private void requireSame(String ours, String theirs) {
      if (!ours.equals(theirs.strip())) {
        throw new UserError(
            program + ": this core printed '" + ours + "', qemu-system-mips64 '" + theirs + "'");
      }
    }
  }

  private static double[] medians(double[][] rounds) {
    return IntStream.range(0, FIGURES)
        .mapToDouble(i -> median(Arrays.stream(rounds).mapToDouble(round -> round[i]).toArray()))
        .toArray();
  }

  /** Of what can be said. */
  private static double median(double[] figures) {
    double[] known = Arrays.stream(figures).filter(f -> !Double.isNaN(f)).sorted().toArray();
    return known.length == 0 ? Double.NaN : known[known.length / 2];
  }
}
