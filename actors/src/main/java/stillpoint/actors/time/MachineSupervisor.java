package stillpoint.actors.time;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import stillpoint.actors.snapshot.Checkpointing;
import stillpoint.actors.snapshot.SnapshotStore;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.CutJudge;
import stillpoint.machine.time.CutProgress;
import stillpoint.machine.time.CutReports;
import stillpoint.machine.time.NodeRule;
import stillpoint.machine.time.Placement;
import stillpoint.machine.time.RemoteTraffic;
import stillpoint.machine.time.RunDigest;
import stillpoint.machine.time.RunOutcome;

/**
 * Brings the nodes together at the start, the reports to the judge at cuts, and all hashes into the
 * digest at the end. What the run does next is the judge's word alone. There is one in a run.
 */
final class MachineSupervisor extends Shell<SupervisionProtocol.MachineCommand> {
  private final Placement placement;
  private final CutJudge judge;
  private final Checkpointing checkpointing;
  private final NodeGateway gateway;
  private final SupervisionProtocol.NodeSaved[] saved;
  private final SupervisionProtocol.NodeAtCut[] atCut;
  private final SupervisionProtocol.NodeConcluded[] concluded;
  private final CutReports reports;
  private final int size;
  private int missingNodes;
  private int unsavedNodes;
  private long beganNanos;

  /** From the first window to the last cut that was judged. */
  private long ranNanos;

  private MachineSupervisor(
      Placement placement,
      int size,
      CutJudge judge,
      Checkpointing checkpointing,
      NodeGateway gateway,
      ActorRef<SupervisionProtocol.RunCommand> guardian) {
    super(guardian);
    this.placement = placement;
    this.judge = judge;
    this.checkpointing = checkpointing;
    this.gateway = gateway;
    this.saved = new SupervisionProtocol.NodeSaved[placement.nodes()];
    this.unsavedNodes = placement.nodes();
    this.atCut = new SupervisionProtocol.NodeAtCut[placement.nodes()];
    this.concluded = new SupervisionProtocol.NodeConcluded[placement.nodes()];
    this.size = size;
    this.reports = new CutReports(size);
    this.missingNodes = placement.nodes();
  }

  /** {@code size}: number of processes on all nodes. */
  static Behavior<SupervisionProtocol.MachineCommand> create(
      Placement placement,
      int size,
      CutJudge judge,
      Checkpointing checkpointing,
      NodeGateway gateway,
      ActorRef<SupervisionProtocol.RunCommand> guardian) {
    return Behaviors.setup(
        _ -> new MachineSupervisor(placement, size, judge, checkpointing, gateway, guardian));
  }

  @Override
  void on(SupervisionProtocol.MachineCommand command) {
    switch (command) {
      case SupervisionProtocol.NodeReady _ -> {
        if (allNodes()) {
          beganNanos = System.nanoTime();
          tellNodes(NodeProtocol.Begin.INSTANCE);
        }
      }
      case SupervisionProtocol.NodeAtCut node -> {
        atCut[node.node()] = node;
        for (int i = 0; i < node.ids().length; i++) {
          reports.set(node.ids()[i], node.reports().get(i));
        }
        if (allNodes()) {
          judge();
        }
      }
      case SupervisionProtocol.NodeSaved node -> {
        saved[node.node()] = node;
        if (--unsavedNodes == 0) {
          unsavedNodes = placement.nodes();
          complete();
        }
      }
      case SupervisionProtocol.NodeConcluded node -> {
        concluded[node.node()] = node;
        for (int i = 0; i < node.ids().length; i++) {
          reports.set(node.ids()[i], node.reports().get(i));
        }
        if (allNodes()) {
          guardian().tell(new SupervisionProtocol.Completed(outcome(), ranNanos));
        }
      }
    }
  }

  private boolean allNodes() {
    if (--missingNodes > 0) {
      return false;
    }
    missingNodes = placement.nodes();
    return true;
  }

  private void judge() {
    NodeRule.AtCut cut = atCut[0].step();
    for (SupervisionProtocol.NodeAtCut node : atCut) {
      if (!node.step().equals(cut)) {
        throw new BrokenInvariant(
            "node 0 came to %s and node %d to %s".formatted(cut, node.node(), node.step()));
      }
    }
    reports.changed(
        Arrays.stream(atCut).flatMapToInt(node -> Arrays.stream(node.ids())).sorted().toArray());
    CutJudge.Decision decision = judge.judge(cut.cut(), reports);
    ranNanos = System.nanoTime() - beganNanos;
    tellNodes(
        new NodeProtocol.Decided(cut.last() ? CutJudge.Decision.STOP : decision, judge.posture()));
  }

  /** The nodes wait at the cut until it is done: of two snapshots, however near, the first is whole before the second begins. */
  private void complete() {
    CutProgress at = saved[0].at();
    List<SnapshotStore.Part> parts = new ArrayList<>();
    for (SupervisionProtocol.NodeSaved node : saved) {
      if (node.at().cycle() != at.cycle() || node.at().nextCutCycle() != at.nextCutCycle()) {
        throw new BrokenInvariant(
            "node 0 has snapshots of %s and node %d of %s".formatted(at, node.node(), node.at()));
      }
      parts.addAll(node.parts());
    }
    checkpointing.store().complete(at, checkpointing.snapshots().save(judge), parts);
    tellNodes(NodeProtocol.AllSaved.INSTANCE);
  }

  private RunOutcome outcome() {
    CutJudge.Cut cut = atCut[0].step().cut();
    return new RunOutcome(
        digest(),
        reports.all(),
        cut.cycle(),
        cut.lastEventCycle(),
        Arrays.stream(atCut).mapToLong(SupervisionProtocol.NodeAtCut::handledCount).sum(),
        Arrays.stream(atCut).mapToLong(SupervisionProtocol.NodeAtCut::windows).max().orElse(0),
        atCut[0].rounds(),
        Arrays.stream(concluded)
            .map(SupervisionProtocol.NodeConcluded::sent)
            .reduce(RemoteTraffic.NONE, RemoteTraffic::and),
        cut.quiescent());
  }

  private String digest() {
    RunDigest digest = new RunDigest();
    int[] next = new int[concluded.length];
    for (int id = 0; id < size; id++) {
      int node = placement.nodeOf(id);
      int index = next[node]++;
      digest.add(id, concluded[node].eventHashes()[index], concluded[node].stateHashes()[index]);
    }
    return digest.print();
  }

  private void tellNodes(NodeProtocol.Command command) {
    for (int node = 0; node < placement.nodes(); node++) {
      gateway.toNode(node, command);
    }
  }

  @Override
  String name() {
    return "machine supervisor";
  }
}
