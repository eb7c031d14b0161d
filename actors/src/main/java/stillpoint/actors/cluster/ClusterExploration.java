package stillpoint.actors.cluster;

import akka.actor.typed.ActorRef;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import stillpoint.machine.time.BrokenInvariant;

/** An exploration on the nodes of a cluster, which are this one's until it is closed. */
public final class ClusterExploration implements AutoCloseable {
  private static final int LOOK_MILLIS = 100;

  private final ActorRef<ExploreProtocol.ClientCommand> client;
  private final BlockingQueue<ExploreClient.News> news;
  private final Consumer<String> said;
  private final List<String> nodes;

  /** Waits until the nodes are there. */
  ClusterExploration(
      ActorRef<ExploreProtocol.ClientCommand> client,
      BlockingQueue<ExploreClient.News> news,
      Consumer<String> said) {
    this.client = client;
    this.news = news;
    this.said = said;
    List<String> names = null;
    while (names == null) {
      names = come(next());
    }
    this.nodes = names;
  }

  private List<String> come(ExploreClient.News one) {
    return switch (one) {
      case null -> null;
      case ExploreClient.Said(String line) -> {
        said.accept(line);
        yield null;
      }
      case ExploreClient.Come(List<String> names) -> names;
      case ExploreClient.LostAll(String text) -> throw new LostRun(text);
      case ExploreClient.Run _, ExploreClient.Done _, ExploreClient.Broken _ ->
          throw new BrokenInvariant(one + " before any node was there");
    };
  }

  /** Names of those that it begins on. */
  public List<String> nodes() {
    return nodes;
  }

  /**
   * Makes runs 0 .. runs - 1 but for those that are done, and blocks until they are.
   *
   * @param before done already
   * @param stop once true, runs are given up
   * @param enough once true, no new ones begin
   * @param sink takes what {@link RunMaker} gave, each run once, on the caller's thread
   * @throws LostRun if all nodes are lost
   * @throws BrokenInvariant if a node failed
   */
  public void run(
      long runs,
      Set<Long> before,
      BooleanSupplier stop,
      BooleanSupplier enough,
      Consumer<byte[]> sink) {
    client.tell(new ExploreClient.Go(runs, before));
    boolean told = false;
    while (!stop.getAsBoolean()) {
      if (!told && enough.getAsBoolean()) {
        told = true;
        client.tell(new ExploreClient.Enough());
      }
      switch (next()) {
        case null -> {
          // nothing new
        }
        case ExploreClient.Said(String line) -> said.accept(line);
        case ExploreClient.Come _ -> throw new BrokenInvariant("nodes came twice");
        case ExploreClient.Run(byte[] bytes) -> sink.accept(bytes);
        case ExploreClient.Done _ -> {
          return;
        }
        case ExploreClient.LostAll(String text) -> throw new LostRun(text);
        case ExploreClient.Broken(String text) -> throw new BrokenInvariant(text);
      }
    }
    close();
  }

  /** Null if there is none for a while. */
  private ExploreClient.News next() {
    try {
      return news.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new LostRun("interrupted while nodes explored");
    }
  }

  @Override
  public void close() {
    client.tell(new ExploreClient.Stop());
  }
}
