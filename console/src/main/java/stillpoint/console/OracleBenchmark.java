package stillpoint.console;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code bench oracle}: random programs on this CPU and on QEMU's, in both byte orders by turns. */
final class OracleBenchmark implements Benchmark.Search {
  private static final int BATCH = 1000;
  private static final int QUICK_BATCH = 100;
  private static final int MOST_DIFFERENCES = 5;

  @Override
  public String name() {
    return "oracle";
  }

  @Override
  public String about() {
    return "random programs on this CPU and on QEMU's: differences, and instructions compared.";
  }

  @Override
  public Table measure(boolean quick) {
    return search(0, 1, quick ? QUICK_BATCH : BATCH);
  }

  @Override
  public Table search(int minutes, long firstSeed) {
    return search(minutes, firstSeed, BATCH);
  }

  /** Batches from a seed on, until the minutes are over or something differs. */
  private Table search(int minutes, long firstSeed, int batch) {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(minutes);
    List<List<Object>> rows = new ArrayList<>();
    boolean good = true;
    long seed = firstSeed;
    do {
      for (boolean bigEndian : new boolean[] {true, false}) {
        Oracle.Result result = compare(bigEndian, seed, batch);
        result.differences().forEach(System.err::println);
        good &= result.differences().isEmpty();
        rows.add(
            List.of(
                bigEndian ? "big" : "little",
                seed,
                result.programs(),
                result.instructions(),
                result.differences().size()));
      }
      seed += batch;
    } while (good && System.nanoTime() < end);
    return new Table(
        List.of("byte_order", "first_seed", "programs", "instructions", "differences"), rows, good);
  }

  private static Oracle.Result compare(boolean bigEndian, long seed, int batch) {
    Qemu qemu =
        Qemu.find(bigEndian)
            .orElseThrow(
                () ->
                    new UserError(
                        "bench oracle wants qemu-system-mips64 and qemu-system-mips64el in PATH;"
                            + " install QEMU's MIPS package"));
    try {
      return new Oracle(qemu, bigEndian, MOST_DIFFERENCES)
          .compare(seed, batch, System.err::println);
    } catch (IOException e) {
      throw new UserError("QEMU cannot run: " + e.getMessage());
    }
  }
}
