package stillpoint.actors.cluster;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Makes runs of an exploration on this node, on threads of their own, and tells who asked for it what came of them until it
 * is over, or whoever asked is gone.
 */
final class ExploreMaker {
  /** Runs that end within so long go out together. */
  private static final Duration TELL_EVERY = Duration.ofMillis(20);

  /** A node that has nothing new to tell says that it is there. */
  private static final long ALIVE_NANOS = 500_000_000L;

  private static final int LOOK_MILLIS = 50;

  /** From within this JVM. */
  sealed interface Local extends ExploreProtocol.MakerCommand {}

  private enum Tick implements Local {
    INSTANCE
  }

  private record SpecArrived(byte[] bytes) implements Local {}

  private record Ready(RunMaker maker) implements Local {}

  private record Ended(long number, byte[] bytes) implements Local {}

  private record Failed(Throwable failure) implements Local {}

  private final ActorContext<ExploreProtocol.MakerCommand> context;
  private final ActorRef<ExploreProtocol.MakerCommand> self;
  private final ExploreProtocol.Begin begin;
  private final String node;
  private final int threads;
  private final RunMaker.Reader reader;

  /** Numbers that no thread has taken yet. */
  private final LinkedBlockingQueue<Long> waiting = new LinkedBlockingQueue<>();

  /** Those and the ones under way. */
  private final Set<Long> held = new TreeSet<>();

  /** Made and not acknowledged. */
  private final Map<Long, byte[]> made = new TreeMap<>();

  private volatile boolean over;
  private boolean ready;
  private boolean news;
  private long toldAt;

  private ExploreMaker(
      ActorContext<ExploreProtocol.MakerCommand> context,
      ExploreProtocol.Begin begin,
      String node,
      RunMaker.Reader reader) {
    this.context = context;
    this.self = context.getSelf();
    this.begin = begin;
    this.node = node;
    this.threads =
        begin.threads() > 0 ? begin.threads() : Runtime.getRuntime().availableProcessors();
    this.reader = reader;
  }

  /** {@code node}: this one's name. */
  static Behavior<ExploreProtocol.MakerCommand> create(
      ExploreProtocol.Begin begin, String node, RunMaker.Reader reader) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> {
                  timers.startTimerWithFixedDelay(Tick.INSTANCE, TELL_EVERY);
                  context.watch(begin.client());
                  ExploreMaker maker = new ExploreMaker(context, begin, node, reader);
                  context.spawnAnonymous(
                      BulkFetcher.create(
                          begin.spec(), bytes -> maker.self.tell(new SpecArrived(bytes))));
                  return Behaviors.receive(ExploreProtocol.MakerCommand.class)
                      .onAnyMessage(maker::on)
                      .onSignal(Terminated.class, _ -> Behaviors.stopped())
                      .onSignal(
                          PostStop.class,
                          _ -> {
                            maker.over = true;
                            return Behaviors.same();
                          })
                      .build();
                }));
  }

  private Behavior<ExploreProtocol.MakerCommand> on(ExploreProtocol.MakerCommand command) {
    switch (command) {
      case SpecArrived(byte[] bytes) ->
          thread("explore-prepare", () -> self.tell(new Ready(reader.read(bytes))));
      case Ready(RunMaker maker) -> {
        ready = true;
        for (int i = 0; i < threads; i++) {
          thread("explore-" + i, () -> work(maker));
        }
        tell();
      }
      case ExploreProtocol.Hand(List<Long> numbers, List<Long> acknowledged) -> {
        acknowledged.forEach(made::remove);
        for (long number : numbers) {
          if (!made.containsKey(number) && held.add(number)) {
            waiting.add(number);
          }
        }
      }
      case Ended(long number, byte[] bytes) -> {
        held.remove(number);
        made.put(number, bytes);
        news = true;
        if (waiting.isEmpty()) {
          tell();
        }
      }
      case Tick _ -> {
        if (ready && (news || System.nanoTime() - toldAt > ALIVE_NANOS)) {
          tell();
        }
      }
      case Failed(Throwable failure) -> {
        context.getLog().error("an exploration's run failed", failure);
        begin.client().tell(new ExploreProtocol.Broke(begin.run(), node, failure.toString()));
        return Behaviors.stopped();
      }
      case ExploreProtocol.Over _ -> {
        return Behaviors.stopped();
      }
    }
    return Behaviors.same();
  }

  private void tell() {
    List<ExploreProtocol.Made> some = new ArrayList<>();
    List<Long> others = new ArrayList<>(held);
    int bytes = 0;
    for (var one : made.entrySet()) {
      if (bytes + one.getValue().length <= RunMaker.MOST_BYTES) {
        bytes += one.getValue().length;
        some.add(new ExploreProtocol.Made(one.getKey(), one.getValue()));
      } else {
        others.add(one.getKey());
      }
    }
    news = some.size() < made.size();
    toldAt = System.nanoTime();
    begin.client().tell(new ExploreProtocol.Told(begin.run(), node, threads, some, others, self));
  }

  // ---- the threads
  // ------------------------------------------------------------------------------------------

  private void thread(String name, Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (InterruptedException interrupted) {
                // nobody waits for it
              } catch (Throwable failure) {
                self.tell(new Failed(failure));
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
  }

  @FunctionalInterface
  private interface Work {
    void run() throws InterruptedException;
  }

  private void work(RunMaker maker) throws InterruptedException {
    while (!over) {
      Long number = waiting.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      if (number == null) {
        continue;
      }
      maker
          .make(number, () -> over)
          .ifPresent(
              bytes -> {
                if (bytes.length > RunMaker.MOST_BYTES) {
                  throw new IllegalStateException(
                      "run " + number + " leaves " + bytes.length + " bytes");
                }
                self.tell(new Ended(number, bytes));
              });
    }
  }
}
