package stillpoint.actors.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import stillpoint.actors.RunOptions;
import stillpoint.actors.Simulation;
import stillpoint.machine.time.RunOutcome;
import stillpoint.machine.time.phold.Phold;

/**
 * PHOLD through the actors: one event in flight a process, mean delay of two lookaheads, no work,
 * all hashes folded. It measures from the first window to the last; start-up and the report at the
 * end are not in it.
 */
public final class PholdBench {
  private static final long LOOKAHEAD_CYCLES = 64;
  private static final long SEED = 1;

  /** Events of the run that warms up the JVM and tells how long the measured one must be. */
  private static final long WARM_UP_EVENTS = 3_000_000;

  /** Below so many processes, what one costs drowns in what the JVM does besides. */
  private static final int FEWEST_FOR_MEMORY = 10_000;

  /**
   * One line of the table.
   *
   * @param eventsPerSecond over the whole measurement
   * @param bestEventsPerSecond over the best of its ten parts: what is left of the rest of the
   *     host's load
   * @param windowsPerSecond over the whole measurement
   * @param idleProcessBytes heap of one idle process with its actor; NaN for too few processes to
   *     tell
   */
  public record Row(
      int processes,
      int threads,
      double eventsPerSecond,
      double bestEventsPerSecond,
      double windowsPerSecond,
      double idleProcessBytes) {}

  private PholdBench() {}

  /** A row for each number of processes and of threads; each is measured for about {@code each}. */
  public static List<Row> run(int[] processCounts, int[] threads, Duration each) {
    List<Row> rows = new ArrayList<>();
    for (int processes : processCounts) {
      double bytes =
          processes < FEWEST_FOR_MEMORY ? Double.NaN : IdleMachine.bytesAProcess(processes);
      for (int shards : threads) {
        rows.add(measure(processes, shards, each, bytes));
      }
    }
    return rows;
  }

  private static Row measure(int processes, int threads, Duration each, double bytes) {
    // a process throws once in two lookaheads
    double eventsACycle = processes / (2.0 * LOOKAHEAD_CYCLES);
    StopWatch warmUp = new StopWatch((long) (WARM_UP_EVENTS / eventsACycle));
    simulate(processes, threads, warmUp);
    double cycles = warmUp.cycles() * (each.toNanos() / (double) warmUp.nanos());
    StopWatch watch = new StopWatch(Math.max((long) cycles, 100 * LOOKAHEAD_CYCLES));
    RunOutcome outcome = simulate(processes, threads, watch);
    double seconds = watch.nanos() / 1e9;
    double eventsPerSecond = outcome.events() / seconds;
    double best =
        eventsPerSecond * ((double) watch.nanos() / StopWatch.PARTS / watch.bestPartNanos());
    return new Row(processes, threads, eventsPerSecond, best, outcome.windows() / seconds, bytes);
  }

  private static RunOutcome simulate(int processes, int threads, StopWatch watch) {
    Phold phold = Phold.endless(processes, LOOKAHEAD_CYCLES, SEED);
    return Simulation.run(phold, watch, RunOptions.onThreads(threads));
  }

  /**
   * Arguments: numbers of processes, numbers of threads, seconds each; for instance {@code 16,1024
   * 1,2 5}.
   */
  public static void main(String[] arguments) {
    Duration each = Duration.ofSeconds(Long.parseLong(arguments[2]));
    System.out.println("processes  threads  Mevents/s  best part  windows/s  bytes/idle process");
    for (Row row : run(numbers(arguments[0]), numbers(arguments[1]), each)) {
      System.out.printf(
          Locale.ROOT,
          "%9d  %7d  %9.2f  %9.2f  %9.0f  %18.0f%n",
          row.processes(),
          row.threads(),
          row.eventsPerSecond() / 1e6,
          row.bestEventsPerSecond() / 1e6,
          row.windowsPerSecond(),
          row.idleProcessBytes());
    }
  }

  private static int[] numbers(String list) {
    return List.of(list.split(",")).stream().mapToInt(Integer::parseInt).toArray();
  }
}
