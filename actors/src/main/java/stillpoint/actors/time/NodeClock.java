package stillpoint.actors.time;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import stillpoint.machine.time.CutJudge;
import stillpoint.machine.time.Event;
import stillpoint.machine.time.NodeBatch;
import stillpoint.machine.time.NodeExchange;
import stillpoint.machine.time.NodeRule;
import stillpoint.machine.time.Placement;
import stillpoint.machine.time.Promise;
import stillpoint.machine.time.Shard;

/**
 * Carries a node's side of the rounds, {@link NodeExchange}: the node's shards come to it at the
 * edge, other nodes' batches through the gateway. A shard that waits at the edge has lent its state.
 */
final class NodeClock extends Shell<NodeProtocol.Command> {
  private final Placement placement;
  private final int node;
  private final NodeExchange exchange;
  private final CutJudge judge;
  private final NodeGateway gateway;
  private final ActorRef<SupervisionProtocol.NodeCommand> supervisor;
  private final NodeProtocol.ShardReady[] shards;
  private int missingShards;
  private NodeRule.AtCut cut;

  /** The judge has stopped the run. */
  private boolean ending;

  private NodeClock(
      Placement placement,
      int node,
      NodeRule rule,
      CutJudge judge,
      NodeGateway gateway,
      ActorRef<SupervisionProtocol.NodeCommand> supervisor,
      ActorRef<SupervisionProtocol.RunCommand> guardian) {
    super(guardian);
    this.placement = placement;
    this.node = node;
    this.exchange = new NodeExchange(placement, node, rule);
    this.judge = judge;
    this.gateway = gateway;
    this.supervisor = supervisor;
    this.shards = new NodeProtocol.ShardReady[placement.shardsOf(node)];
    this.missingShards = shards.length;
  }

  /** {@code judge}: asked about cuts, but judges nothing here. */
  static Behavior<NodeProtocol.Command> create(
      Placement placement,
      int node,
      NodeRule rule,
      CutJudge judge,
      NodeGateway gateway,
      ActorRef<SupervisionProtocol.NodeCommand> supervisor,
      ActorRef<SupervisionProtocol.RunCommand> guardian) {
    return Behaviors.setup(
        context -> {
          gateway.connectNode(context.getSelf());
          return new NodeClock(placement, node, rule, judge, gateway, supervisor, guardian);
        });
  }

  @Override
  void on(NodeProtocol.Command command) {
    switch (command) {
      case NodeProtocol.ShardReady shard -> {
        shards[shard.shard()] = shard;
        if (--missingShards == 0) {
          ready();
        }
      }
      case NodeProtocol.Begin _ -> {
        List<ActorRef<ShardProtocol.Command>> refs = new ArrayList<>();
        for (NodeProtocol.ShardReady shard : shards) {
          refs.add(shard.ref());
        }
        refs.forEach(shard -> shard.tell(new ShardProtocol.Begin(refs)));
      }
      case NodeProtocol.ShardAtEdge(int shard, Promise all) -> atEdge(shards[shard].state(), all);
      case NodeProtocol.Received(NodeBatch batch) -> {
        exchange.receive(batch);
        goOn();
      }
      case NodeProtocol.AllSaved _ -> {
        if (ending) {
          supervisor.tell(SupervisionProtocol.ConcludeNode.INSTANCE);
        } else {
          runTo(exchange.goOn().untilCycle());
        }
      }
      case NodeProtocol.Decided(CutJudge.Decision decision, long posture) -> {
        if (decision == CutJudge.Decision.STOP) {
          ending = true;
          if (cut.snapshot() && exchange.rule().savesAtEnd()) {
            save();
          } else {
            supervisor.tell(SupervisionProtocol.ConcludeNode.INSTANCE);
          }
        } else {
          judge.follow(posture);
          afterCut();
        }
      }
    }
  }

  private void ready() {
    List<List<ActorRef<ProcessProtocol.Command>>> processes = new ArrayList<>();
    for (NodeProtocol.ShardReady shard : shards) {
      processes.add(shard.processes());
    }
    supervisor.tell(new SupervisionProtocol.Ready(processes));
    gateway.toMachine(new SupervisionProtocol.NodeReady(node));
  }

  private void atEdge(Shard shard, Promise all) {
    Event[] remote = new Event[placement.nodes()];
    Arrays.setAll(remote, shard::takeRemote);
    if (exchange.atEdge(all, remote, shard.takeEarliestRemote())) {
      for (NodeBatch batch : exchange.batches()) {
        gateway.toNode(batch.to(), new NodeProtocol.Received(batch));
      }
      goOn();
    }
  }

  private void goOn() {
    if (!exchange.ready()) {
      return;
    }
    NodeRule.Step step = exchange.next();
    // before a snapshot too: nothing that has come may be left out
    for (int i = 0; i < shards.length; i++) {
      shards[i].state().deliverAll(exchange.takeInbox(i));
    }
    switch (step) {
      case NodeRule.Run run -> runTo(run.untilCycle());
      case NodeRule.AtCut reached -> {
        cut = reached;
        if (cut.judged()) {
          supervisor.tell(cutReached());
        } else {
          afterCut();
        }
      }
    }
  }

  private SupervisionProtocol.CutReached cutReached() {
    long handledCount = 0;
    List<int[]> changed = new ArrayList<>();
    for (NodeProtocol.ShardReady shard : shards) {
      handledCount += shard.state().handledCount();
      changed.add(shard.state().takeChanged());
    }
    return new SupervisionProtocol.CutReached(
        cut,
        changed.stream().flatMapToInt(Arrays::stream).sorted().toArray(),
        handledCount,
        windowsSoFar(),
        exchange.rule().round());
  }

  /** The run goes on from the cut, once a snapshot is kept if one is due. */
  private void afterCut() {
    if (cut.snapshot()) {
      save();
    } else {
      runTo(exchange.goOn().untilCycle());
    }
  }

  private void save() {
    supervisor.tell(new SupervisionProtocol.SaveNode(exchange.rule().cutProgress(windowsSoFar())));
  }

  private long windowsSoFar() {
    return Arrays.stream(shards)
        .mapToLong(shard -> shard.state().rule().openedCount())
        .max()
        .orElse(0);
  }

  private void runTo(long untilCycle) {
    for (NodeProtocol.ShardReady shard : shards) {
      shard.ref().tell(new ShardProtocol.GoOn(untilCycle));
    }
  }

  @Override
  String name() {
    return "clock of node " + node + " in round " + exchange.rule().round();
  }
}
