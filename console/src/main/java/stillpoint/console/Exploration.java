package stillpoint.console;

import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** Makes variations on several threads of this JVM and hands each to one place as it ends. */
final class Exploration implements Explorer {
  private final Variations variations;
  private final int threads;
  private final AtomicLong next = new AtomicLong();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  Exploration(Variations variations, int threads) {
    this.variations = variations;
    this.threads = threads;
  }

  @Override
  public String where() {
    return Words.plural(threads, "thread");
  }

  @Override
  public void run(Wanted wanted, Sink sink) {
    Set<Long> done = wanted.done();
    CountDownLatch working = new CountDownLatch(threads);
    for (int i = 0; i < threads; i++) {
      Thread worker =
          new Thread(
              () -> {
                try {
                  work(wanted, done, sink);
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

  private void work(Wanted wanted, Set<Long> done, Sink sink) {
    while (failure.get() == null
        && !wanted.stop().getAsBoolean()
        && !wanted.enough().getAsBoolean()) {
      long number = next.getAndIncrement();
      if (number >= wanted.runs()) {
        return;
      }
      if (!done.contains(number)) {
        variations
            .run(number, wanted.stop())
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
