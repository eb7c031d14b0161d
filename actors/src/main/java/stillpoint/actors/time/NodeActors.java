package stillpoint.actors.time;

import akka.actor.typed.ActorRef;
import akka.actor.typed.MailboxSelector;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.ActorContext;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import stillpoint.actors.snapshot.Checkpointing;
import stillpoint.machine.time.CutJudge;
import stillpoint.machine.time.Model;
import stillpoint.machine.time.NodeRule;
import stillpoint.machine.time.Placement;
import stillpoint.machine.time.Shard;

/**
 * Builds the actors of a run's node as children of whoever answers for them, its guardian: that one
 * hears of the run's end, and of any actor that stops.
 *
 * @param judge asked about cuts; judges if the machine's supervisor is here
 * @param reported of which processes the judge and the outcome need reports
 * @param checkpointing what the run does about snapshots
 * @param dispatchers configuration path of the dispatcher for a shard and its processes, by number
 *     within the node
 */
public record NodeActors(
    Model model,
    Placement placement,
    int node,
    CutJudge judge,
    IntPredicate reported,
    Checkpointing checkpointing,
    IntFunction<String> dispatchers) {
  private static final String PROCESS_MAILBOX = "stillpoint.process-mailbox";

  /** The node's clock; the node announces itself to the machine's supervisor when it is ready. */
  public void spawnNode(
      ActorContext<SupervisionProtocol.RunCommand> guardian, NodeRule rule, NodeGateway gateway) {
    checkpointing.from().ifPresent(point -> rule.resume(point.at()));
    ActorRef<SupervisionProtocol.RunCommand> self = guardian.getSelf();
    var supervisor =
        guardian.spawn(
            NodeSupervisor.create(model, placement, node, reported, checkpointing, gateway, self),
            "node-supervisor");
    var clock =
        guardian.spawn(
            NodeClock.create(placement, node, rule, judge, gateway, supervisor, self),
            "node-clock",
            props(0));
    guardian.watch(supervisor);
    guardian.watch(clock);
    for (int number = 0; number < placement.shardsOf(node); number++) {
      int shard = placement.firstShardOf(node) + number;
      var behavior = ShardActor.create(number, () -> shard(shard), props(number), clock, self);
      guardian.watch(guardian.spawn(behavior, "shard" + number, props(number)));
    }
  }

  /** The machine's supervisor: on one node of the run, before {@link #spawnNode}. */
  public void spawnMachine(
      ActorContext<SupervisionProtocol.RunCommand> guardian, NodeGateway gateway) {
    var behavior =
        MachineSupervisor.create(
            placement, model.size(), judge, checkpointing, gateway, guardian.getSelf());
    var machine = guardian.spawn(behavior, "machine");
    guardian.watch(machine);
    gateway.connectMachine(machine);
  }

  /** A shard as it is at the beginning, or where the run goes on. */
  private Shard shard(int number) {
    Shard shard = new Shard(model, placement, number);
    checkpointing
        .from()
        .ifPresent(
            point -> {
              for (int index = 0; index < shard.size(); index++) {
                int id = placement.idOf(number, index);
                shard.load(index, checkpointing.snapshots(), point.process(id));
              }
              shard.resume(point.at());
            });
    return shard;
  }

  private Props props(int number) {
    return MailboxSelector.fromConfig(PROCESS_MAILBOX)
        .withDispatcherFromConfig(dispatchers.apply(number));
  }
}
