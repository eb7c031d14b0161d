package stillpoint.actors.cluster;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;

/**
 * Asks the coordinator for nodes, hands out numbers of runs to them, a few at a time to each, and takes what they have made.
 * What a node holds that is lost, or silent, others get.
 */
final class ExploreClient {
  private static final Duration LOOK_EVERY = Duration.ofMillis(500);

  /** A node that says nothing for so long keeps no numbers from others. It may come back. */
  private static final long SILENT_NANOS = 5_000_000_000L;

  /** A node that has not answered is told again. */
  private static final long REMIND_NANOS = 1_000_000_000L;

  /** A node holds as much as it makes in a quarter of a second, but two runs a thread at least. */
  private static final int PARTS_OF_A_SECOND = 4;

  private static final int RUNS_A_THREAD = 2;
  private static final int MOST_HELD = 1000;
  private static final long SECOND = 1_000_000_000L;

  /** From within this JVM. */
  sealed interface Local extends ExploreProtocol.ClientCommand {}

  private enum Look implements Local {
    INSTANCE
  }

  /**
   * The runs that are wanted.
   *
   * @param before done already
   */
  record Go(long runs, Set<Long> before) implements Local {}

  /** No number is handed out any more. */
  record Enough() implements Local {}

  /** Nothing is wanted any more. */
  record Stop() implements Local {}

  /** What whoever asked hears, in this order: some of the first two, {@code Come}, runs, and one of the last three. */
  sealed interface News {}

  /** A line for people. */
  record Said(String line) implements News {}

  /** The nodes are there. */
  record Come(List<String> names) implements News {}

  record Run(byte[] bytes) implements News {}

  /** All runs are made. */
  record Done() implements News {}

  record LostAll(String text) implements News {}

  record Broken(String text) implements News {}

  /** A node of the crew. */
  private static final class Hand {
    private final ExploreProtocol.Member member;
    private ActorRef<ExploreProtocol.MakerCommand> maker;
    private long heardAt;
    private long remindedAt;
    private long countedFrom;
    private int counted;
    private long perSecond;

    Hand(ExploreProtocol.Member member) {
      this.member = member;
    }

    void count(int made, long now) {
      counted += made;
      if (now - countedFrom > SECOND) {
        perSecond = counted * SECOND / (now - countedFrom);
        counted = 0;
        countedFrom = now;
      }
    }

    int most(int threads) {
      return (int)
          Math.clamp(perSecond / PARTS_OF_A_SECOND, (long) RUNS_A_THREAD * threads, MOST_HELD);
    }
  }

  private final ActorContext<ExploreProtocol.ClientCommand> context;
  private final ActorRef<ControlProtocol.CoordinatorCommand> coordinator;
  private final String run;
  private final ClusterRuns.ExploreRequest request;
  private final BlockingQueue<News> news;
  private final ActorRef<BulkProtocol.Fetch> spec;
  private final Map<String, Hand> crew = new TreeMap<>();

  /** Agents that are lost, of which the coordinator may not know yet. */
  private final Set<ActorRef<ControlProtocol.AgentCommand>> gone = new HashSet<>();

  private ExploreLedger ledger;
  private boolean come;
  private boolean enough;

  private ExploreClient(
      ActorContext<ExploreProtocol.ClientCommand> context,
      ActorRef<ControlProtocol.CoordinatorCommand> coordinator,
      String run,
      ClusterRuns.ExploreRequest request,
      BlockingQueue<News> news) {
    this.context = context;
    this.coordinator = coordinator;
    this.run = run;
    this.request = request;
    this.news = news;
    this.spec = context.spawn(BulkHolder.of(request.spec()), "spec");
  }

  /**
   * @param run name of the exploration, of which there is no other
   * @param news for whoever asked
   */
  static Behavior<ExploreProtocol.ClientCommand> create(
      ActorRef<ControlProtocol.CoordinatorCommand> coordinator,
      String run,
      ClusterRuns.ExploreRequest request,
      BlockingQueue<News> news) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> {
                  timers.startTimerWithFixedDelay(Look.INSTANCE, LOOK_EVERY);
                  context.getSelf().tell(Look.INSTANCE);
                  var client = new ExploreClient(context, coordinator, run, request, news);
                  return Behaviors.receive(ExploreProtocol.ClientCommand.class)
                      .onAnyMessage(client::on)
                      .onSignal(Terminated.class, client::ended)
                      .build();
                }));
  }

  private Behavior<ExploreProtocol.ClientCommand> on(ExploreProtocol.ClientCommand command) {
    long now = System.nanoTime();
    switch (command) {
      case Look _ -> look(now);
      case ExploreProtocol.Crew(_, List<ExploreProtocol.Member> members) -> crew(members, now);
      case ExploreProtocol.Waiting(_, String text) -> news.add(new Said(text));
      case ExploreProtocol.Lost(_, String text) -> {
        return over(new LostAll(text));
      }
      case Go(long runs, Set<Long> before) -> {
        ledger = new ExploreLedger(runs, before);
        crew.values().forEach(hand -> remind(hand, now));
      }
      case ExploreProtocol.Told told -> told(told, now);
      case ExploreProtocol.Broke(_, String node, String text) -> {
        return over(new Broken("node " + node + ": " + text));
      }
      case Enough _ -> enough = true;
      case Stop _ -> {
        return over(new Done());
      }
    }
    boolean done = ledger != null && (ledger.isDone() || (enough && !ledger.isUnderWay()));
    return done ? over(new Done()) : Behaviors.same();
  }

  private void look(long now) {
    coordinator.tell(
        new ExploreProtocol.Explore(
            run, request.nodes(), request.waitMillis(), request.places(), come, context.getSelf()));
    if (ledger == null) {
      return;
    }
    for (Hand hand : crew.values()) {
      if (hand.maker == null) {
        remind(hand, now);
      } else if (now - hand.heardAt > SILENT_NANOS) {
        ledger.takeBack(hand.member.name());
      }
    }
  }

  private void crew(List<ExploreProtocol.Member> members, long now) {
    for (ExploreProtocol.Member member : members) {
      Hand known = crew.get(member.name());
      boolean here = known != null && known.member.agent().equals(member.agent());
      if (here || gone.contains(member.agent())) {
        continue;
      }
      if (known != null) {
        // its process has ended and is another one now, and nobody had noticed yet
        lost(known);
      }
      Hand hand = new Hand(member);
      crew.put(member.name(), hand);
      context.watch(member.agent());
      if (ledger != null) {
        news.add(new Said(member.name() + " is there too"));
        remind(hand, now);
      }
    }
    if (!come) {
      come = true;
      news.add(new Come(List.copyOf(crew.keySet())));
    }
  }

  private void remind(Hand hand, long now) {
    if (hand.remindedAt == 0 || now - hand.remindedAt > REMIND_NANOS) {
      hand.remindedAt = now;
      hand.member
          .agent()
          .tell(new ExploreProtocol.Begin(run, request.threads(), spec, context.getSelf()));
    }
  }

  /** Takes what is new, and gives what the node should hold and does not. */
  private void told(ExploreProtocol.Told told, long now) {
    List<Long> acknowledged = new ArrayList<>();
    int fresh = 0;
    for (ExploreProtocol.Made one : told.made()) {
      acknowledged.add(one.number());
      if (ledger.made(one.number())) {
        news.add(new Run(one.bytes()));
        fresh++;
      }
    }
    Hand hand = crew.get(told.node());
    if (hand == null) {
      // given up, and come back: what it made counts, but it gets no more
      told.replyTo().tell(new ExploreProtocol.Over(run));
      return;
    }
    hand.maker = told.replyTo();
    hand.heardAt = now;
    hand.count(fresh, now);
    List<Long> numbers = new ArrayList<>(ledger.of(told.node()));
    int room = hand.most(told.threads()) - told.held().size();
    numbers.removeIf(new TreeSet<>(told.held())::contains);
    if (!enough && room > numbers.size()) {
      numbers.addAll(ledger.hand(told.node(), room - numbers.size()));
    }
    if (!numbers.isEmpty() || !acknowledged.isEmpty()) {
      told.replyTo().tell(new ExploreProtocol.Hand(numbers, acknowledged));
    }
  }

  private Behavior<ExploreProtocol.ClientCommand> ended(Terminated gone) {
    var lost =
        crew.values().stream()
            .filter(hand -> hand.member.agent().equals(gone.getRef()))
            .findFirst();
    if (lost.isEmpty()) {
      return Behaviors.same();
    }
    lost(lost.get());
    if (crew.isEmpty()) {
      return over(new LostAll(lost.get().member.name() + " is lost, and no other node is there"));
    }
    return Behaviors.same();
  }

  private void lost(Hand hand) {
    String name = hand.member.name();
    crew.remove(name);
    gone.add(hand.member.agent());
    int numbers = ledger == null ? 0 : ledger.takeBack(name);
    news.add(new Said("lost %s; what it had to do, %d runs, others get".formatted(name, numbers)));
  }

  private Behavior<ExploreProtocol.ClientCommand> over(News last) {
    for (Hand hand : crew.values()) {
      if (hand.maker != null) {
        hand.maker.tell(new ExploreProtocol.Over(run));
      }
    }
    coordinator.tell(new ControlProtocol.Cancel(run));
    news.add(last);
    return Behaviors.stopped();
  }
}
