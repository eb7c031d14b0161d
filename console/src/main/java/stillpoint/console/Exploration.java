package stillpoint.console;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

/**
 * Makes variations on several threads and hands each to one place as it ends. Which threads make which changes nothing but
 * the order in which they end.
 */
final class Exploration {
  private final Variations variations;
  private final BooleanSupplier stop;
  private final BooleanSupplier enough;
  private final AtomicLong next = new AtomicLong();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  /** Takes a run that has ended; called by one thread at a time. */
  @FunctionalInterface
  interface Sink {
    void accept(ExploredRun run);
  }

  /**
   * @param stop once true, runs are given up
   * @param enough once true, no new ones begin
   */
  Exploration(Variations variations, BooleanSupplier stop, BooleanSupplier enough) {
    this.variations = variations;
    this.stop = stop;
    this.enough = enough;
  }

  /**
   * Makes runs 0 .. runs - 1 but for those that are done.
   *
   * @throws RuntimeException what the sink or a run threw, after all threads have stopped
   */
  void run(long runs, int threads, List<ExploredRun> before, Sink sink) {
    Set<Long> done = new TreeSet<>();
    before.forEach(run -> done.add(run.run()));
    CountDownLatch working = new CountDownLatch(threads);
    for (int i = 0; i < threads; i++) {
      Thread worker =
          new Thread(
              () -> {
                try {
                  work(runs, done, sink);
                } catch (Throwable thrown) {
                  failure.compareAndSet(null, thrown);
                } finally {
                  working.countDown();
                }
              },
              "explore-" + i);
      worker.setDaemon(true);
      worker.start();
    }
    try {
      working.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failure.compareAndSet(null, e);
    }
    switch (failure.get()) {
      case null -> {}
      case RuntimeException thrown -> throw thrown;
      case Error thrown -> throw thrown;
      case Throwable thrown -> throw new IllegalStateException(thrown);
    }
  }

  private void work(long runs, Set<Long> done, Sink sink) {
    while (failure.get() == null && !stop.getAsBoolean() && !enough.getAsBoolean()) {
      long number = next.getAndIncrement();
      if (number >= runs) {
        return;
      }
      if (!done.contains(number)) {
        variations
            .run(number, stop)
            .ifPresent(
                run -> {
                  ExploredRun line = ExploredRun.of(run);
                  synchronized (this) {
                    sink.accept(line);
                  }
                });
      }
    }
  }
}
