package stillpoint.actors.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import stillpoint.actors.RunOptions;
import stillpoint.actors.Simulation;
import stillpoint.machine.coherence.traffic.FabricTraffic;
import stillpoint.machine.coherence.traffic.Pattern;
import stillpoint.machine.time.Report;
import stillpoint.machine.time.RunOutcome;

/**
 * The coherence fabric through the actors: misses served a second, and the events that they cost,
 * with CPUs that do nothing else. It measures from the first window to the last.
 */
public final class FabricBench {
  private static final long SEED = 1;

  /** Virtual time of the run that warms up the JVM, times CPUs. */
  private static final long WARM_UP_CPU_CYCLES = 20_000_000;

  /**
   * One line of the table.
   *
   * @param transactionsPerSecond misses that the fabric served
   * @param eventsPerSecond messages handled, over the whole measurement
   * @param bestEventsPerSecond over the best of its ten parts: what is left of the rest of the
   *     host's load
   */
  public record Row(
      Pattern pattern,
      int cpus,
      int threads,
      double transactionsPerSecond,
      double eventsPerSecond,
      double bestEventsPerSecond) {}

  private FabricBench() {}

  /** A row for each pattern, number of CPUs and of threads; each is measured for about {@code each}. */
  public static List<Row> run(int[] cpuCounts, int[] threads, Duration each) {
    List<Row> rows = new ArrayList<>();
    for (Pattern pattern : Pattern.values()) {
      for (int cpus : cpuCounts) {
        for (int shards : threads) {
          rows.add(measure(pattern, cpus, shards, each));
        }
      }
    }
    return rows;
  }

  private static Row measure(Pattern pattern, int cpus, int threads, Duration each) {
    StopWatch warmUp = new StopWatch(WARM_UP_CPU_CYCLES / cpus);
    simulate(pattern, cpus, threads, warmUp);
    double cycles = warmUp.cycles() * (each.toNanos() / (double) Math.max(1, warmUp.nanos()));
    StopWatch watch = new StopWatch(Math.max((long) cycles, 1_000));
    RunOutcome outcome = simulate(pattern, cpus, threads, watch);
    double seconds = watch.nanos() / 1e9;
    double events = outcome.events() / seconds;
    double best = events * ((double) watch.nanos() / StopWatch.PARTS / watch.bestPartNanos());
    return new Row(pattern, cpus, threads, transactions(outcome) / seconds, events, best);
  }

  private static long transactions(RunOutcome outcome) {
    long sum = 0;
    for (Report report : outcome.finalReports()) {
      sum += report instanceof FabricTraffic.Done(long transactions) ? transactions : 0;
    }
    return sum;
  }

  private static RunOutcome simulate(Pattern pattern, int cpus, int threads, StopWatch watch) {
    FabricTraffic traffic = new FabricTraffic(pattern, cpus, SEED);
    return Simulation.run(traffic, watch, RunOptions.onThreads(threads));
  }
}
