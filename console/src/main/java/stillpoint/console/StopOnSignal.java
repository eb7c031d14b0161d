package stillpoint.console;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** While open, SIGINT and SIGTERM are a request to stop: the process ends once this is closed. */
final class StopOnSignal implements AutoCloseable {
  private static final long LONGEST_SECONDS = 120;

  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread hook = new Thread(this::stop, "stop-on-signal");
  private volatile boolean stopped;

  StopOnSignal() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void stop() {
    stopped = true;
    try {
      closed.await(LONGEST_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  boolean stopped() {
    return stopped;
  }

  @Override
  public void close() {
    closed.countDown();
    if (!stopped) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException shuttingDown) {
        // it has just begun, and will not have to wait
      }
    }
  }
}
