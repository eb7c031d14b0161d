package stillpoint.console;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code bench oracle}: random programs here and in QEMU, for as long as {@code STILLPOINT_ORACLE_MINUTES}
 * says or for a moment. A difference is printed and fails the run.
 */
final class OracleBenchmark implements Benchmark {
  private static final int BATCH = 500;

  @Override
  public String name() {
    return "oracle";
  }

  @Override
  public String about() {
    return "random programs on this CPU and on QEMU's, which must leave the same (--minutes N,"
        + " --seed N).";
  }

  @Override
  public Table measure(boolean quick) {
    return measure(quick ? 0 : 1, 1);
  }

  /** Batches from a seed on, big- and little-endian in turn, until the minutes are over. */
  Table measure(int minutes, long firstSeed) {
    long until = System.nanoTime() + minutes * 60_000_000_000L;
    List<List<Object>> rows = new ArrayList<>();
    long seed = firstSeed;
    boolean found = false;
    do {
      for (boolean bigEndian : new boolean[] {true, false}) {
        Optional<Qemu> qemu = Qemu.find(bigEndian);
        if (qemu.isEmpty()) {
          throw new UserError("bench oracle wants qemu-system-mips64 and qemu-system-mips64el");
        }
        try {
          Oracle.Result result =
              new Oracle(qemu.get(), bigEndian, 5).compare(seed, BATCH, System.err::println);
          result.differences().forEach(System.err::println);
          found |= !result.differences().isEmpty();
          rows.add(
              List.of(
                  bigEndian ? "big" : "little",
                  seed,
                  result.programs(),
                  result.instructions(),
                  result.differences().size()));
        } catch (IOException e) {
          throw new UserError("QEMU cannot run: " + e.getMessage());
        }
      }
      seed += BATCH;
    } while (System.nanoTime() < until && !found);
    return new Table(
        List.of("byte_order", "first_seed", "programs", "instructions", "differences"), rows);
  }
}
