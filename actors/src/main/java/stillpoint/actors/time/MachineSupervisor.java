package stillpoint.actors.time;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import stillpoint.actors.snapshot.Checkpointing;
import stillpoint.actors.snapshot.SnapshotStore;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.CutJudge;
import stillpoint.machine.time.CutProgress;
import stillpoint.machine.time.CutReports;
import stillpoint.machine.time.Model;
import stillpoint.machine.time.Placement;
import stillpoint.machine.time.Report;
import stillpoint.machine.time.RunDigest;
import stillpoint.machine.time.RunOutcome;
import stillpoint.machine.time.WindowRule;

/**
 * Brings the shards together at the start, the reports to the judge at cuts, and all hashes into
 * the digest at the end. What the run does next is the judge's word alone.
 */
final class MachineSupervisor extends Shell<SupervisionProtocol.MachineCommand> {
  /**
   * Groups are by place, not by thread: the same supervisors see the same processes on any number
   * of shards.
   */
  static final int PLACES_A_GROUP = 64;

  private final ActorContext<SupervisionProtocol.MachineCommand> context;
  private final Model model;
  private final Placement placement;
  private final CutJudge judge;
  private final Checkpointing checkpointing;
  private final List<ActorRef<ShardProtocol.Command>> shards;
  private final SupervisionProtocol.ShardReady[] ready;
  private final SupervisionProtocol.ShardAtCut[] atCut;
  private final List<ActorRef<SupervisionProtocol.GroupCommand>> groups = new ArrayList<>();

  /** By group: ids of its members. */
  private final int[][] memberIds;

  /** By id. */
  private final int[] groupOf;

  private final int[] memberOf;

  private final SnapshotStore.Part[] parts;
  private final CutReports reports;
  private final long[] eventHashes;
  private final long[] stateHashes;
  private NodeGateway gateway;
  private int missingShards;
  private int missingGroups;

  private MachineSupervisor(
      ActorContext<SupervisionProtocol.MachineCommand> context,
      Model model,
      Placement placement,
      CutJudge judge,
      Checkpointing checkpointing,
      ActorRef<SupervisionProtocol.RunCommand> guardian) {
    super(guardian);
    this.context = context;
    this.model = model;
    this.placement = placement;
    this.judge = judge;
    this.checkpointing = checkpointing;
    this.shards = new ArrayList<>(placement.shards());
    this.ready = new SupervisionProtocol.ShardReady[placement.shards()];
    this.atCut = new SupervisionProtocol.ShardAtCut[placement.shards()];
    this.memberIds = members(model);
    this.parts = new SnapshotStore.Part[memberIds.length];
    this.groupOf = new int[model.size()];
    this.memberOf = new int[model.size()];
    for (int group = 0; group < memberIds.length; group++) {
      for (int member = 0; member < memberIds[group].length; member++) {
        groupOf[memberIds[group][member]] = group;
        memberOf[memberIds[group][member]] = member;
      }
    }
    this.reports = new CutReports(model.size());
    this.eventHashes = new long[model.size()];
    this.stateHashes = new long[model.size()];
    this.missingShards = placement.shards();
  }

  static Behavior<SupervisionProtocol.MachineCommand> create(
      Model model,
      Placement placement,
      CutJudge judge,
      Checkpointing checkpointing,
      ActorRef<SupervisionProtocol.RunCommand> guardian) {
    return Behaviors.setup(
        context ->
            new MachineSupervisor(context, model, placement, judge, checkpointing, guardian));
  }

  private static int[][] members(Model model) {
    int[] counts = new int[Math.ceilDiv(model.places(), PLACES_A_GROUP)];
    for (int id = 0; id < model.size(); id++) {
      counts[model.placeOf(id) / PLACES_A_GROUP]++;
    }
    int[][] members = new int[counts.length][];
    Arrays.setAll(members, group -> new int[counts[group]]);
    for (int id = model.size() - 1; id >= 0; id--) {
      int group = model.placeOf(id) / PLACES_A_GROUP;
      members[group][--counts[group]] = id;
    }
    return Arrays.stream(members).filter(ids -> ids.length > 0).toArray(int[][]::new);
  }

  @Override
  void on(SupervisionProtocol.MachineCommand command) {
    switch (command) {
      case SupervisionProtocol.ShardReady shard -> {
        ready[shard.shard()] = shard;
        if (--missingShards == 0) {
          begin();
        }
      }
      case SupervisionProtocol.ShardAtCut shard -> {
        atCut[shard.shard()] = shard;
        if (--missingShards == 0) {
          atCut();
        }
      }
      case SupervisionProtocol.GroupReported(int group, int[] members, List<Report> answers) -> {
        for (int i = 0; i < members.length; i++) {
          reports.set(memberIds[group][members[i]], answers.get(i));
        }
        if (--missingGroups == 0) {
          judge();
        }
      }
      case SupervisionProtocol.GroupSaved(int group, SnapshotStore.Part part) -> {
        parts[group] = part;
        if (--missingGroups == 0) {
          CutProgress at = atCut[0].progress();
          checkpointing.store().complete(at, checkpointing.snapshots().save(judge), List.of(parts));
          tellShards(new ShardProtocol.Decided(CutJudge.Decision.GO_ON));
        }
      }
      case SupervisionProtocol.GroupConcluded(int group, long[] events, long[] states) -> {
        for (int member = 0; member < events.length; member++) {
          eventHashes[memberIds[group][member]] = events[member];
          stateHashes[memberIds[group][member]] = states[member];
        }
        if (--missingGroups == 0) {
          guardian().tell(new SupervisionProtocol.Completed(outcome()));
        }
      }
    }
  }

  private void begin() {
    for (SupervisionProtocol.ShardReady shard : ready) {
      shards.add(shard.ref());
    }
    for (int group = 0; group < memberIds.length; group++) {
      List<ActorRef<ProcessProtocol.Command>> members = new ArrayList<>(memberIds[group].length);
      for (int id : memberIds[group]) {
        members.add(ready[placement.shardOf(id)].processes().get(placement.indexOf(id)));
      }
      var behavior =
          GroupSupervisor.create(
              group, memberIds[group], members, checkpointing, context.getSelf(), guardian());
      groups.add(context.spawn(behavior, "group" + group));
    }
    Arrays.fill(ready, null);
    missingShards = shards.size();
    gateway = new LocalGateway(shards);
    tellShards(new ShardProtocol.Begin(gateway));
  }

  private void atCut() {
    WindowRule.AtCut cut = atCut[0].step();
    for (SupervisionProtocol.ShardAtCut shard : atCut) {
      if (!shard.step().equals(cut)
          || shard.windows() != atCut[0].windows()
          || !Objects.equals(shard.progress(), atCut[0].progress())) {
        throw new BrokenInvariant(
            "two shards came to different cuts: %s and %s".formatted(atCut[0], shard));
      }
    }
    missingShards = shards.size();
    if (!cut.judged()) {
      missingGroups = groups.size();
      tellGroups(new SupervisionProtocol.SaveAll(atCut[0].progress()));
      return;
    }
    int[] changed =
        Arrays.stream(atCut)
            .flatMapToInt(shard -> Arrays.stream(shard.changed()))
            .sorted()
            .toArray();
    reports.changed(changed);
    ask(cut.cut().cycle(), changed);
  }

  /** Each group is asked once, if anything happened there. */
  private void ask(long cycle, int[] ids) {
    int[][] wanted = new int[groups.size()][];
    int[] counts = new int[groups.size()];
    for (int id : ids) {
      counts[groupOf[id]]++;
    }
    missingGroups = 0;
    for (int group = 0; group < counts.length; group++) {
      wanted[group] = new int[counts[group]];
      missingGroups += Math.min(counts[group], 1);
      counts[group] = 0;
    }
    for (int id : ids) {
      int group = groupOf[id];
      wanted[group][counts[group]++] = memberOf[id];
    }
    if (missingGroups == 0) {
      judge();
      return;
    }
    for (int group = 0; group < counts.length; group++) {
      if (counts[group] > 0) {
        groups.get(group).tell(new SupervisionProtocol.Collect(cycle, wanted[group]));
      }
    }
  }

  private void judge() {
    WindowRule.AtCut cut = atCut[0].step();
    CutJudge.Decision decision = judge.judge(cut.cut(), reports);
    if (cut.last() || decision == CutJudge.Decision.STOP) {
      missingGroups = groups.size();
      tellShards(new ShardProtocol.Decided(CutJudge.Decision.STOP));
      tellGroups(SupervisionProtocol.ConcludeAll.INSTANCE);
    } else if (cut.snapshot()) {
      missingGroups = groups.size();
      tellGroups(new SupervisionProtocol.SaveAll(atCut[0].progress()));
    } else {
      tellShards(new ShardProtocol.Decided(decision));
    }
  }

  private RunOutcome outcome() {
    RunDigest digest = new RunDigest();
    for (int id = 0; id < eventHashes.length; id++) {
      digest.add(id, eventHashes[id], stateHashes[id]);
    }
    long handledCount = 0;
    for (SupervisionProtocol.ShardAtCut shard : atCut) {
      handledCount += shard.handledCount();
    }
    CutJudge.Cut cut = atCut[0].step().cut();
    return new RunOutcome(
        digest.print(),
        reports.all(),
        cut.cycle(),
        cut.lastEventCycle(),
        handledCount,
        atCut[0].windows(),
        gateway.remoteBatchCount(),
        cut.quiescent());
  }

  private void tellShards(ShardProtocol.Command command) {
    shards.forEach(shard -> shard.tell(command));
  }

  private void tellGroups(SupervisionProtocol.GroupCommand command) {
    groups.forEach(group -> group.tell(command));
  }

  @Override
  String name() {
    return "machine supervisor";
  }
}
