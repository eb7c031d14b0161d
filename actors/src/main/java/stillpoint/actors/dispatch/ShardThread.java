package stillpoint.actors.dispatch;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * An executor with one thread at a time. Out of work, it spins for a while, because the other shard is about
 * to answer, and then parks, because a thread that spins on a core it shares keeps from working the
 * very thread it waits for. How long it spins follows from how that went lately: half as long after
 * a spin in vain, longer again after one that paid.
 *
 * <p>While its thread is parked, a {@link Carrier} that brings a task does the work itself, until there is
 * none left: whoever waits for another node has its batch a thread's wake-up sooner. Who works is the
 * owner; what only the owner may touch is handed on with it.
 */
public final class ShardThread extends AbstractExecutorService {
  /**
   * Tasks from outside are looked for at least this often, in tasks, while the thread's own never
   * end.
   */
  private static final int OUTSIDE_EVERY = 16;

  /** Clock readings are this many spins apart. */
  private static final int SPINS_A_READING = 64;

  /**
   * After so many waits the longest spin is tried again: short ones may fail where it would pay.
   */
  private static final int WAITS_A_TRIAL = 64;

  /** A thread that may work for a shard whose own thread is parked; it has nothing else to do meanwhile. */
  public static final class Carrier extends Thread {
    public Carrier(Runnable work, String name) {
      super(work, name);
    }
  }

  /** The longest spin. */
  private final long spinNanos;

  private long nextSpinNanos;
  private int waits;

  private final Thread thread;
  private final Queue<Runnable> own = new ArrayDeque<>();
  private final Queue<Runnable> outside = new ConcurrentLinkedQueue<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean stopping;

  /** Who works, or is about to look for work; null while the own thread is parked and nobody else does. */
  private final AtomicReference<Thread> owner;

  ShardThread(ThreadFactory threads, long spinNanos) {
    this.spinNanos = spinNanos;
    this.nextSpinNanos = spinNanos;
    this.thread = threads.newThread(this::work);
    this.owner = new AtomicReference<>(thread);
  }

  ShardThread start() {
    thread.start();
    return this;
  }

  boolean isCurrent() {
    return Thread.currentThread() == owner.get();
  }

  @Override
  public void execute(Runnable task) {
    if (isCurrent()) {
      own.add(task);
      return;
    }
    outside.add(task);
    if (owner.get() == null) {
      if (Thread.currentThread() instanceof Carrier carrier) {
        carry(carrier);
      } else {
        LockSupport.unpark(thread);
      }
    }
  }

  /** Works as long as there is work, if nobody else does. */
  private void carry(Carrier carrier) {
    // after giving up once more: who added something meanwhile saw that somebody worked
    while (!outside.isEmpty() && owner.compareAndSet(null, carrier)) {
      workOn();
      owner.set(null);
    }
    if (stopping) {
      LockSupport.unpark(thread);
    }
  }

  private void work() {
    while (true) {
      workOn();
      if (stopping && outside.isEmpty()) {
        // stays the owner: nobody works here any more
        ended.countDown();
        return;
      }
      await();
    }
  }

  /** Does what there is to do. */
  private void workOn() {
    int ownInARow = 0;
    while (true) {
      Runnable task = ownInARow++ < OUTSIDE_EVERY ? own.poll() : null;
      if (task == null) {
        ownInARow = 0;
        task = outside.poll();
      }
      if (task == null) {
        task = own.poll();
      }
      if (task == null) {
        return;
      }
      run(task);
    }
  }

  private void run(Runnable task) {
    try {
      task.run();
    } catch (Throwable failure) {
      // the same as would happen to a pool's thread, but this one must go on
      thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);
    }
  }

  private void await() {
    if (spinNanos > 0 && spin()) {
      return;
    }
    // given up before the last look: whoever adds after that look sees it and unparks, or works
    owner.set(null);
    while (outside.isEmpty() && !stopping || !owner.compareAndSet(null, thread)) {
      LockSupport.park(this);
    }
  }

  /** Returns true as soon as there is work, false if none came in time. */
  private boolean spin() {
    long budget = waits++ % WAITS_A_TRIAL == 0 ? spinNanos : nextSpinNanos;
    long start = System.nanoTime();
    do {
      for (int spin = 0; spin < SPINS_A_READING; spin++) {
        if (!outside.isEmpty()) {
          nextSpinNanos = Math.min(spinNanos, 2 * budget + 1);
          return true;
        }
        Thread.onSpinWait();
      }
    } while (System.nanoTime() - start < budget);
    nextSpinNanos = budget / 2;
    return false;
  }

  @Override
  public void shutdown() {
    stopping = true;
    LockSupport.unpark(thread);
  }

  /** Lets the thread finish what it has; actors' mailboxes are never thrown away. */
  @Override
  public List<Runnable> shutdownNow() {
    shutdown();
    return List.of();
  }

  @Override
  public boolean isShutdown() {
    return stopping;
  }

  @Override
  public boolean isTerminated() {
    return ended.getCount() == 0;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    return ended.await(timeout, unit);
  }
}
