package stillpoint.actors;

/**
 * How a run is carried; changes nothing in its result.
 *
 * @param threads number of shards, 1 .. {@link stillpoint.machine.time.Placement#MOST_SHARDS}; 0:
 *     as the machine suggests
 * @param dispatcher what the actors run on
 */
public record RunOptions(int threads, DispatcherChoice dispatcher) {
  /** What the actors run on. */
  public enum DispatcherChoice {
    /** Each shard and its processes on a thread of their own. */
    SHARD_BOUND,
    /** Akka's stock fork-join pool for all. */
    FORK_JOIN
  }

  public RunOptions {
    if (threads < 0) {
      throw new IllegalArgumentException("a run on " + threads + " threads");
    }
  }

  public static RunOptions automatic() {
    return onThreads(0);
  }

  public static RunOptions onThreads(int threads) {
    return new RunOptions(threads, DispatcherChoice.SHARD_BOUND);
  }
}
