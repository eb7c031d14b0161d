package stillpoint.actors.time;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import stillpoint.actors.snapshot.Checkpointing;
import stillpoint.actors.snapshot.SnapshotStore;
import stillpoint.machine.time.CutProgress;
import stillpoint.machine.time.Model;
import stillpoint.machine.time.Placement;
import stillpoint.machine.time.Report;

/**
 * Gathers what a node's processes report at cuts, and their hashes at the end, and hands it to the
 * machine's supervisor in one piece. Decides nothing.
 */
final class NodeSupervisor extends Shell<SupervisionProtocol.NodeCommand> {
  /**
   * Groups are by place, not by thread: the same supervisors see the same processes on any number
   * of shards.
   */
  static final int PLACES_A_GROUP = 64;

  /** There are never more groups: parts of snapshots are numbered apart. */
  private static final int PARTS_A_NODE = 1_000_000;

  private final ActorContext<SupervisionProtocol.NodeCommand> context;
  private final int node;
  private final Placement placement;
  private final IntPredicate reported;
  private final Checkpointing checkpointing;
  private final NodeGateway gateway;

  /** Ids of the node's processes, ascending. Others call a process by its place in here. */
  private final int[] ids;

  /** By group: its members, as indices in {@link #ids}. */
  private final int[][] members;

  /** By index in {@link #ids}. */
  private final int[] groupOf;

  private final int[] memberOf;

  /** By index in {@link #ids}: the last report of each, or null. */
  private final Report[] reports;

  private final long[] eventHashes;
  private final long[] stateHashes;
  private final List<ActorRef<SupervisionProtocol.GroupCommand>> groups = new ArrayList<>();
  private SupervisionProtocol.CutReached cut;
  private int[] asked = {};
  private CutProgress savedAt;
  private final List<SnapshotStore.Part> parts = new ArrayList<>();
  private int missingGroups;

  private NodeSupervisor(
      ActorContext<SupervisionProtocol.NodeCommand> context,
      Model model,
      Placement placement,
      int node,
      IntPredicate reported,
      Checkpointing checkpointing,
      NodeGateway gateway,
      ActorRef<SupervisionProtocol.RunCommand> guardian) {
    super(guardian);
    this.context = context;
    this.node = node;
    this.placement = placement;
    this.reported = reported;
    this.checkpointing = checkpointing;
    this.gateway = gateway;
    this.ids = placement.idsOf(node);
    this.members = members(model, ids);
    this.groupOf = new int[ids.length];
    this.memberOf = new int[ids.length];
    for (int group = 0; group < members.length; group++) {
      for (int member = 0; member < members[group].length; member++) {
        groupOf[members[group][member]] = group;
        memberOf[members[group][member]] = member;
      }
    }
    this.reports = new Report[ids.length];
    this.eventHashes = new long[ids.length];
    this.stateHashes = new long[ids.length];
  }

  /** {@code reported}: of which processes reports are wanted at all. */
  static Behavior<SupervisionProtocol.NodeCommand> create(
      Model model,
      Placement placement,
      int node,
      IntPredicate reported,
      Checkpointing checkpointing,
      NodeGateway gateway,
      ActorRef<SupervisionProtocol.RunCommand> guardian) {
    return Behaviors.setup(
        context ->
            new NodeSupervisor(
                context, model, placement, node, reported, checkpointing, gateway, guardian));
  }

  private static int[][] members(Model model, int[] ids) {
    int[] counts = new int[Math.ceilDiv(model.places(), PLACES_A_GROUP)];
    for (int id : ids) {
      counts[model.placeOf(id) / PLACES_A_GROUP]++;
    }
    int[][] members = new int[counts.length][];
    Arrays.setAll(members, group -> new int[counts[group]]);
    for (int index = ids.length - 1; index >= 0; index--) {
      int group = model.placeOf(ids[index]) / PLACES_A_GROUP;
      members[group][--counts[group]] = index;
    }
    return Arrays.stream(members).filter(group -> group.length > 0).toArray(int[][]::new);
  }

  @Override
  void on(SupervisionProtocol.NodeCommand command) {
    switch (command) {
      case SupervisionProtocol.Ready(var processes) -> spawnGroups(processes);
      case SupervisionProtocol.CutReached reached -> {
        cut = reached;
        asked = Arrays.stream(reached.changed()).filter(reported).toArray();
        collect();
      }
      case SupervisionProtocol.GroupReported(int group, int[] some, List<Report> answers) -> {
        for (int i = 0; i < some.length; i++) {
          reports[members[group][some[i]]] = answers.get(i);
        }
        if (--missingGroups == 0) {
          tellMachine();
        }
      }
      case SupervisionProtocol.SaveNode(CutProgress at) -> {
        savedAt = at;
        parts.clear();
        missingGroups = groups.size();
        groups.forEach(group -> group.tell(new SupervisionProtocol.SaveAll(at)));
        if (groups.isEmpty()) {
          saved();
        }
      }
      case SupervisionProtocol.GroupSaved(SnapshotStore.Part part) -> {
        parts.add(part);
        if (--missingGroups == 0) {
          saved();
        }
      }
      case SupervisionProtocol.ConcludeNode _ -> {
        missingGroups = groups.size();
        groups.forEach(group -> group.tell(SupervisionProtocol.ConcludeAll.INSTANCE));
        if (groups.isEmpty()) {
          conclude();
        }
      }
      case SupervisionProtocol.GroupConcluded(int group, long[] events, long[] states) -> {
        for (int member = 0; member < events.length; member++) {
          eventHashes[members[group][member]] = events[member];
          stateHashes[members[group][member]] = states[member];
        }
        if (--missingGroups == 0) {
          conclude();
        }
      }
    }
  }

  private void spawnGroups(List<List<ActorRef<ProcessProtocol.Command>>> processes) {
    int firstShard = placement.firstShardOf(node);
    for (int group = 0; group < members.length; group++) {
      List<ActorRef<ProcessProtocol.Command>> refs = new ArrayList<>(members[group].length);
      for (int index : members[group]) {
        int id = ids[index];
        refs.add(processes.get(placement.shardOf(id) - firstShard).get(placement.indexOf(id)));
      }
      int[] memberIds = Arrays.stream(members[group]).map(index -> ids[index]).toArray();
      var behavior =
          GroupSupervisor.create(
              group,
              node * PARTS_A_NODE + group,
              memberIds,
              refs,
              checkpointing,
              context.getSelf(),
              guardian());
      groups.add(context.spawn(behavior, "group" + group));
    }
  }

  /** Each group is asked once, if anything happened there. */
  private void collect() {
    int[] counts = new int[groups.size()];
    for (int id : asked) {
      counts[groupOf[indexOf(id)]]++;
    }
    int[][] wanted = new int[groups.size()][];
    Arrays.setAll(wanted, group -> new int[counts[group]]);
    Arrays.fill(counts, 0);
    for (int id : asked) {
      int group = groupOf[indexOf(id)];
      wanted[group][counts[group]++] = memberOf[indexOf(id)];
    }
    missingGroups = (int) Arrays.stream(wanted).filter(some -> some.length > 0).count();
    if (missingGroups == 0) {
      tellMachine();
      return;
    }
    for (int group = 0; group < wanted.length; group++) {
      if (wanted[group].length > 0) {
        long cycle = cut.step().cut().cycle();
        groups.get(group).tell(new SupervisionProtocol.Collect(cycle, wanted[group]));
      }
    }
  }

  private int indexOf(int id) {
    return Arrays.binarySearch(ids, id);
  }

  private void tellMachine() {
    Report[] answers = new Report[asked.length];
    for (int i = 0; i < answers.length; i++) {
      answers[i] = reports[indexOf(asked[i])];
    }
    gateway.toMachine(
        new SupervisionProtocol.NodeAtCut(
            node,
            cut.step(),
            asked,
            List.of(answers),
            cut.handledCount(),
            cut.windows(),
            cut.rounds()));
  }

  private void saved() {
    gateway.toMachine(
        new SupervisionProtocol.NodeSaved(
            node,
            savedAt,
            parts.stream().sorted(Comparator.comparingInt(SnapshotStore.Part::group)).toList()));
  }

  private void conclude() {
    int[] known = IntStream.range(0, ids.length).filter(index -> reports[index] != null).toArray();
    gateway.toMachine(
        new SupervisionProtocol.NodeConcluded(
            node,
            eventHashes,
            stateHashes,
            gateway.traffic(),
            Arrays.stream(known).map(index -> ids[index]).toArray(),
            Arrays.stream(known).mapToObj(index -> reports[index]).toList()));
  }

  @Override
  String name() {
    return "supervisor of node " + node;
  }
}
