package stillpoint.actors.cluster;

import akka.actor.Address;
import akka.actor.CoordinatedShutdown;
import akka.actor.PoisonPill;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import akka.actor.typed.SpawnProtocol;
import akka.actor.typed.javadsl.Adapter;
import akka.actor.typed.javadsl.AskPattern;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.ClusterSingleton;
import akka.cluster.typed.ClusterSingletonSettings;
import akka.cluster.typed.Down;
import akka.cluster.typed.JoinSeedNodes;
import akka.cluster.typed.Leave;
import akka.cluster.typed.SingletonActor;
import akka.io.Tcp;
import akka.remote.RemoteTransportException;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import stillpoint.machine.time.Placement;

/** This JVM as a member of a cluster: it carries parts of runs, asks for runs, or both. */
public final class ClusterRuns implements AutoCloseable {
  private static final String SYSTEM = "stillpoint";
  private static final String NODE = "node";
  private static final int MOST_THREADS = 64;
  private static final int LEAVE_SECONDS = 5;
  private static final int CLOSE_SECONDS = 2;
  private static final int END_SECONDS = 20;
  private static final Duration START_PATIENCE = Duration.ofSeconds(20);

  /** Who may found a cluster waits so long for one that is there already. */
  private static final long FOUNDER_MILLIS = 3_000;

  /**
   * What this JVM is in the cluster.
   *
   * @param host by which the others reach it
   * @param port by which they reach it; 0 for any
   * @param join members of the cluster; if the first one is this JVM, or there is none, it founds a
   *     cluster when no other answers
   * @param capacity CPUs to carry; 0 to carry none and only ask for runs
   * @param patienceMillis how long to wait for a member's answer
   */
  public record Membership(
      String host, int port, List<InetSocketAddress> join, int capacity, long patienceMillis) {
    public Membership {
      join = List.copyOf(join);
    }

    boolean founds() {
      return join.isEmpty() || isSelf(join.getFirst());
    }

    boolean isSelf(InetSocketAddress other) {
      return other.getHostString().equals(host) && other.getPort() == port;
    }
  }

  /**
   * A run that is wanted.
   *
   * @param nodes number of nodes; 0 for all that are there
   * @param threads on each node; 0 for one
   * @param waitMillis how long to wait for the nodes
   * @param places of the machine; nodes that cannot take so many together are refused
   * @param checkpoints whether the run writes any
   * @param spec what {@link Workload.Reader} reads
   */
  public record Request(
      int nodes, int threads, long waitMillis, int places, boolean checkpoints, byte[] spec) {}

  /**
   * An exploration that is wanted.
   *
   * @param nodes number of nodes; 0 for all that are there, and those that come
   * @param threads on each node; 0 for one a processor
   * @param waitMillis how long to wait for the nodes
   * @param places of the machine, all of which are on one node
   * @param spec what {@link RunMaker.Reader} reads
   */
  public record ExploreRequest(int nodes, int threads, long waitMillis, int places, byte[] spec) {}

  /**
   * A node of a run.
   *
   * @param name host and port
   */
  public record Node(String name, Placement.Node offer) {}

  /** Hears how a run goes, from any thread. */
  public interface Watcher {
    /** A line for people. */
    void said(String line);

    /** The run begins on these nodes, or once more on those that are left. */
    void started(List<Node> nodes);
  }

  /**
   * @param nodes that were left at the end
   * @param bytes what {@link Workload#result} wrote
   */
  public record Result(int nodes, byte[] bytes) {}

  private static final CoordinatedShutdown.Reason INCOMPATIBLE =
      CoordinatedShutdown.incompatibleConfigurationDetectedReason();

  private final ActorSystem<SpawnProtocol.Command> system;
  private final ActorRef<ControlProtocol.CoordinatorCommand> coordinator;
  private final NetworkCut cut;
  private long runs;

  private ClusterRuns(
      ActorSystem<SpawnProtocol.Command> system,
      ActorRef<ControlProtocol.CoordinatorCommand> coordinator,
      NetworkCut cut) {
    this.system = system;
    this.coordinator = coordinator;
    this.cut = cut;
  }

  /**
   * Starts this JVM's member.
   *
   * @param settings of the cluster, laid over Akka's own
   * @throws RefusedNode if it cannot listen there, or is of another version or configuration
   * @throws LostRun if no member answers in time
   */
  public static ClusterRuns start(
      Membership membership,
      Config settings,
      Workload.Reader reader,
      RunMaker.Reader explorations) {
    return start(membership, settings, reader, explorations, WireStage.NONE, UpMembers::new);
  }

  /** {@code stage}, {@code members}: for tests of what wires may do, and of who seems to be there. */
  static ClusterRuns start(
      Membership membership,
      Config settings,
      Workload.Reader reader,
      RunMaker.Reader explorations,
      WireStage stage,
      Function<Cluster, NodeAgent.Members> members) {
    ActorSystem<SpawnProtocol.Command> system = listening(membership, settings);
    try {
      var means =
          new NodeAgent.Means(
              reader, explorations, stage, new NetworkCut(), members.apply(Cluster.get(system)));
      return join(system, membership, means);
    } catch (RuntimeException refused) {
      system.terminate();
      awaitTermination(system);
      throw refused;
    }
  }

  private static ActorSystem<SpawnProtocol.Command> listening(
      Membership membership, Config settings) {
    try {
      return ActorSystem.create(SpawnProtocol.create(), SYSTEM, config(membership, settings));
    } catch (RemoteTransportException cannot) {
      Throwable cause = cannot;
      while (cause.getCause() != null && cause.getCause() != cause) {
        cause = cause.getCause();
      }
      throw new RefusedNode(
          "cannot listen at %s:%d: %s"
              .formatted(membership.host(), membership.port(), cause.getMessage()));
    }
  }

  private static ClusterRuns join(
      ActorSystem<SpawnProtocol.Command> system, Membership membership, NodeAgent.Means means) {
    Cluster cluster = Cluster.get(system);
    Address self = cluster.selfMember().address();
    List<Address> seeds =
        membership.join().isEmpty()
            ? List.of(self)
            : membership.join().stream()
                .map(
                    member ->
                        new Address(
                            self.protocol(), SYSTEM, member.getHostString(), member.getPort()))
                .toList();
    String name = self.getHost().orElse("?") + ":" + self.getPort().orElseThrow();
    Passport own = Passport.of(system.settings().config());
    enter(
        system, membership, name, own, seeds.stream().filter(seed -> !seed.equals(self)).toList());
    cluster.manager().tell(new JoinSeedNodes(seeds));
    var coordinator =
        ClusterSingleton.get(system)
            .init(
                SingletonActor.of(RunCoordinator.create(), "coordinator")
                    .withSettings(ClusterSingletonSettings.create(system).withRole(NODE)));
    ClusterRuns runs = new ClusterRuns(system, coordinator, means.cut());
    spawn(system, Doorkeeper.create(name, own), Doorkeeper.NAME);
    if (membership.capacity() > 0) {
      spawn(
          system,
          NodeAgent.create(coordinator, new NodeAgent.Offer(name, membership.capacity()), means),
          "agent");
    }
    return runs;
  }

  /** Asks the members whether this JVM may join. */
  private static void enter(
      ActorSystem<SpawnProtocol.Command> system,
      Membership membership,
      String name,
      Passport own,
      List<Address> members) {
    if (members.isEmpty()) {
      return;
    }
    long patience =
        membership.founds()
            ? Math.min(FOUNDER_MILLIS, membership.patienceMillis())
            : membership.patienceMillis();
    CompletableFuture<DoorProtocol.Answer> answered = new CompletableFuture<>();
    spawn(system, Entrance.create(name, own, members, answered), "entrance");
    DoorProtocol.Answer answer =
        answered.completeOnTimeout(null, patience, TimeUnit.MILLISECONDS).join();
    if (answer == null && !membership.founds()) {
      throw new LostRun(
          "no member of a cluster answers at "
              + members.stream()
                  .map(member -> member.host().get() + ":" + member.port().get())
                  .collect(Collectors.joining(", "))
              + " within "
              + patience
              + " ms; is a node there, and has it keys of the same CA?");
    }
    if (answer != null) {
      List<String> differences = own.differences(answer.facts());
      if (!differences.isEmpty()) {
        throw new RefusedNode(
            answer.name() + " refuses this node: " + String.join("; ", differences));
      }
    }
  }

  private static Config config(Membership membership, Config settings) {
    Map<String, Object> own = new HashMap<>();
    own.put("akka.remote.artery.canonical.hostname", membership.host());
    own.put("akka.remote.artery.canonical.port", membership.port());
    if (membership.capacity() > 0) {
      own.put("akka.cluster.roles", List.of(NODE));
    }
    Config base = ConfigFactory.load();
    Config config =
        ConfigFactory.parseMap(own)
            .withFallback(ConfigFactory.defaultOverrides())
            .withFallback(settings)
            .withFallback(base);
    Config bound = base.getConfig("stillpoint.dispatchers.shard-bound");
    for (int shard = 0; shard < MOST_THREADS; shard++) {
      config =
          config
              .withValue("stillpoint.dispatchers.spinning-shard-" + shard, bound.root())
              .withValue(
                  "stillpoint.dispatchers.parking-shard-" + shard,
                  bound.withValue("spin", ConfigValueFactory.fromAnyRef("0 s")).root());
    }
    return CheckedTcp.instead(config.resolve());
  }

  private static <T> ActorRef<T> spawn(
      ActorSystem<SpawnProtocol.Command> system, Behavior<T> behavior, String name) {
    CompletionStage<ActorRef<T>> spawned =
        AskPattern.ask(
            system,
            replyTo -> new SpawnProtocol.Spawn<>(behavior, name, Props.empty(), replyTo),
            START_PATIENCE,
            system.scheduler());
    return spawned.toCompletableFuture().join();
  }

  /** By which the others reach this member. */
  public String host() {
    return Cluster.get(system).selfMember().address().getHost().orElseThrow();
  }

  /** By which the others reach this member. */
  public int port() {
    return Cluster.get(system).selfMember().address().getPort().orElseThrow();
  }

  /**
   * Asks for a run and blocks until it is over.
   *
   * @throws LostRun if its nodes are not there in time, or are lost beyond recovery
   * @throws stillpoint.actors.checkpoint.CheckpointError if a node cannot read or write a
   *     checkpoint
   * @throws stillpoint.machine.time.BrokenInvariant if the simulator broke one of its own rules
   */
  public Result run(Request request, Watcher watcher) {
    CompletableFuture<Result> end = new CompletableFuture<>();
    String run = Cluster.get(system).selfMember().uniqueAddress() + "/" + runs++;
    spawn(system, RunClient.create(coordinator, run, request, watcher, end), "run-" + runs);
    system
        .getWhenTerminated()
        .whenComplete(
            (_, _) ->
                end.completeExceptionally(new LostRun("this member was removed from the cluster")));
    try {
      return end.join();
    } catch (CompletionException failed) {
      throw failed.getCause() instanceof RuntimeException cause ? cause : failed;
    }
  }

  /**
   * Asks for an exploration and blocks until its nodes are there.
   *
   * @param said gets lines for people
   * @throws LostRun if they are not there in time
   */
  public ClusterExploration explore(ExploreRequest request, Consumer<String> said) {
    BlockingQueue<ExploreClient.News> news = new LinkedBlockingQueue<>();
    String run = Cluster.get(system).selfMember().uniqueAddress() + "/" + runs++;
    var client =
        spawn(system, ExploreClient.create(coordinator, run, request, news), "run-" + runs);
    system
        .getWhenTerminated()
        .whenComplete(
            (_, _) ->
                news.add(new ExploreClient.LostAll("this member was removed from the cluster")));
    return new ClusterExploration(client, news, said);
  }

  /**
   * Says that the node at an address is dead, for sure: nobody need wait for its heartbeat, and it has
   * no vote among those that are left.
   */
  public void isDead(String host, int port) {
    coordinator.tell(new ControlProtocol.Gone(host + ":" + port));
    Cluster cluster = Cluster.get(system);
    String protocol = cluster.selfMember().address().protocol();
    cluster.manager().tell(new Down(new Address(protocol, SYSTEM, host, port)));
  }

  /**
   * Blocks until this member has left the cluster or was removed from it, and for what is left of it
   * then no longer than {@link #close}.
   *
   * @throws RefusedNode if it never came in, being of another version
   */
  public void awaitEnd() {
    CompletableFuture<Void> removed = new CompletableFuture<>();
    akka.cluster.Cluster.get(Adapter.toClassic(system))
        .registerOnMemberRemoved(() -> removed.complete(null));
    CompletableFuture.anyOf(removed, system.getWhenTerminated().toCompletableFuture()).join();
    awaitTermination(system);
    var why = CoordinatedShutdown.get(system).getShutdownReason();
    if (why.filter(reason -> reason == INCOMPATIBLE).isPresent()) {
      throw new RefusedNode("the cluster refuses this node: its version or settings are others");
    }
  }

  /**
   * From now on no member hears this one, and this one none, until {@link #heal}. Artery's stages for tests must be on.
   */
  public void cutOff() {
    cut.cut(system);
  }

  /** All hear all. */
  public void heal() {
    cut.heal(system);
  }

  /** Whether this member is up. */
  public boolean isUp() {
    return Cluster.get(system).selfMember().status() == akka.cluster.MemberStatus.up();
  }

  /** Leaves the cluster, and waits a little for the others to have heard it. */
  public void leave() {
    Cluster cluster = Cluster.get(system);
    cluster.manager().tell(new Leave(cluster.selfMember().address()));
    try {
      system.getWhenTerminated().toCompletableFuture().get(LEAVE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException late) {
      close();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      close();
    }
  }

  /**
   * Ends this member at once; the others find out. Connections that have not closed within {@value
   * #CLOSE_SECONDS} s are cut off.
   */
  @Override
  public void close() {
    system.terminate();
    awaitTermination(system);
  }

  /**
   * Akka closes a connection that has an engine only when the other side does: when Artery's outbound
   * stream completes, {@code TLSActor} is told to ignore that, and a member may wait for another's end
   * (docs/decisions/0102).
   */
  private static void awaitTermination(ActorSystem<?> system) {
    if (!hasEnded(system, CLOSE_SECONDS)) {
      // by a message: a system that ends takes no word of its actors being stopped
      Tcp.get(Adapter.toClassic(system))
          .manager()
          .tell(PoisonPill.getInstance(), akka.actor.ActorRef.noSender());
      if (!hasEnded(system, END_SECONDS)) {
        system.log().warn("the member's actors did not end within {} s", END_SECONDS);
      }
    }
  }

  private static boolean hasEnded(ActorSystem<?> system, int seconds) {
    try {
      system.getWhenTerminated().toCompletableFuture().get(seconds, TimeUnit.SECONDS);
      return true;
    } catch (TimeoutException late) {
      return false;
    } catch (ExecutionException failed) {
      throw new LostRun("the member did not end cleanly: " + failed.getCause());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
