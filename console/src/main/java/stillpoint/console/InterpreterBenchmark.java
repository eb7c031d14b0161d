package stillpoint.console;

import java.util.ArrayList;
import java.util.List;
import stillpoint.machine.cpu.CoreWorkload;

/** {@code bench interpreter}: guest instructions of one core, its two caches in the path, on one thread. */
final class InterpreterBenchmark implements Benchmark {
  private static final int[] WINDOW_CYCLES = {1_000_000, 1_000, 100, 30};

  @Override
  public String name() {
    return "interpreter";
  }

  @Override
  public String about() {
    return "guest instructions a second of one core with both caches, cut into windows of some"
        + " cycles.";
  }

  @Override
  public Table measure(boolean quick) {
    long measured = quick ? 2_000_000 : 200_000_000;
    List<List<Object>> rows = new ArrayList<>();
    for (int windowCycles : WINDOW_CYCLES) {
      CoreWorkload workload = new CoreWorkload(true);
      run(workload, windowCycles, measured / 2);
      long start = System.nanoTime();
      run(workload, windowCycles, measured);
      double seconds = (System.nanoTime() - start) / 1e9;
      rows.add(
          List.of(
              windowCycles,
              Math.round(measured / seconds),
              "0x" + Long.toHexString(workload.checksum())));
    }
    return new Table(List.of("window_cycles", "instructions_per_second", "checksum"), rows);
  }

  private static void run(CoreWorkload workload, int windowCycles, long instructions) {
    for (long done = 0; done < instructions; done += windowCycles) {
      workload.run(windowCycles);
    }
  }
}
