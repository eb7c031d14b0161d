package stillpoint.console;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;

/** Makes the variations of a scenario somewhere: where changes nothing but the order in which they end. */
interface Explorer extends AutoCloseable {
  /**
   * What is wanted: runs 0 .. runs - 1 but for those that are done.
   *
   * @param stop once true, runs are given up
   * @param enough once true, no new ones begin
   */
  record Wanted(long runs, List<ExploredRun> before, BooleanSupplier stop, BooleanSupplier enough) {
    Set<Long> done() {
      Set<Long> done = new TreeSet<>();
      before.forEach(run -> done.add(run.run()));
      return done;
    }
  }

  /** Takes a run that has ended; called by one thread at a time. */
  @FunctionalInterface
  interface Sink {
    void accept(ExploredRun run);
  }

  /** For people, as {@code 2 threads}. */
  String where();

  /**
   * Blocks until all is done, or enough.
   *
   * @throws stillpoint.actors.cluster.LostRun if nobody is left to make them
   * @throws RuntimeException what the sink or a run threw, after all has stopped
   */
  void run(Wanted wanted, Sink sink);

  @Override
  default void close() {}
}
