package stillpoint.console;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code bench cpu}: the freestanding programs of guest/bench on a bare core with both its caches,
 * and, where QEMU is installed, the same files there, by turns. Loading, printing and QEMU's start
 * are taken out: a short run is subtracted from a long one.
 */
final class CpuBenchmark implements Benchmark {
  private static final List<String> PROGRAMS =
      List.of("mix", "strings", "sha256", "quicksort", "memcpy", "list");
  private static final int ROUNDS = 3;
  private static final long OUR_INSTRUCTIONS = 100_000_000;
  private static final long QEMU_INSTRUCTIONS = 1_000_000_000;
  private static final List<String> COLUMNS =
      List.of("program", "mips", "qemu_mips", "ratio", "instructions_per_pass", "checksum");

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
    return "guest MIPS of six freestanding programs on one bare core with both caches, and of"
        + " qemu-system-mips64 running the same files where it is installed.";
  }

  @Override
  public Table measure(boolean quick) {
    Optional<Qemu> qemu = Qemu.find(true);
    List<List<Object>> rows = new ArrayList<>();
    double logOurs = 0;
    double logTheirs = 0;
    for (String name : PROGRAMS) {
      BenchProgram program = BenchProgram.read(home.resolve("guest/bench/" + name + ".elf"));
      Speeds speeds = speeds(program, qemu, quick);
      rows.add(
          List.of(
              name,
              speeds.ours,
              speeds.theirs,
              speeds.ours / speeds.theirs,
              speeds.perPass,
              speeds.checksum));
      logOurs += Math.log(speeds.ours);
      logTheirs += Math.log(speeds.theirs);
    }
    double ours = Math.exp(logOurs / PROGRAMS.size());
    double theirs = Math.exp(logTheirs / PROGRAMS.size());
    String note =
        qemu.isPresent() ? "" : "SKIPPED: no comparison, qemu-system-mips64 is not installed";
    rows.add(List.of("geometric mean", ours, theirs, ours / theirs, Double.NaN, note));
    return new Table(COLUMNS, rows);
  }

  /** Millions of instructions a second, NaN without QEMU. */
  private record Speeds(double ours, double theirs, long perPass, String checksum) {}

  private static Speeds speeds(BenchProgram program, Optional<Qemu> qemu, boolean quick) {
    BenchProgram.Run one = program.run(1);
    long perPass = program.run(2).instructions() - one.instructions();
    qemu.ifPresent(q -> requireSame(program, one.output(), there(q, program, 1).output()));
    long ourPasses = 1 + Math.max(1, (quick ? 2_000_000 : OUR_INSTRUCTIONS) / perPass);
    long theirPasses = 1 + Math.max(1, (quick ? 20_000_000 : QEMU_INSTRUCTIONS) / perPass);
    double ours = 0;
    double theirs = qemu.isPresent() ? 0 : Double.NaN;
    for (int round = 0; round < (quick ? 1 : ROUNDS); round++) {
      double start = program.run(1).seconds();
      double seconds = program.run(ourPasses).seconds() - start;
      ours = Math.max(ours, mips(ourPasses - 1, perPass, seconds));
      if (qemu.isPresent()) {
        double short0 = there(qemu.get(), program, 1).seconds();
        double longer = there(qemu.get(), program, theirPasses).seconds();
        theirs = Math.max(theirs, mips(theirPasses - 1, perPass, longer - short0));
      }
    }
    return new Speeds(ours, theirs, perPass, one.output().replaceFirst("^.* ", ""));
  }

  /** The instructions are unknown, and the seconds contain QEMU's start. */
  private static BenchProgram.Run there(Qemu qemu, BenchProgram program, long passes) {
    byte[] elf = program.withPasses(passes);
    long start = System.nanoTime();
    try {
      String output = qemu.run(elf).strip();
      return new BenchProgram.Run(output, 0, (System.nanoTime() - start) / 1e9);
    } catch (IOException e) {
      throw new UserError(program + ": " + e.getMessage());
    }
  }

  private static double mips(long passes, long perPass, double seconds) {
    // a difference too small to be one says nothing
    return seconds < 1e-3 ? Double.NaN : passes * perPass / seconds / 1e6;
  }

  private static void requireSame(BenchProgram program, String ours, String theirs) {
    if (!ours.equals(theirs)) {
      throw new UserError(
          program + ": this core printed '" + ours + "', qemu-system-mips64 '" + theirs + "'");
    }
  }
}
