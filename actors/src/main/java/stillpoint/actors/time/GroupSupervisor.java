package stillpoint.actors.time;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import java.util.List;
import stillpoint.actors.snapshot.Checkpointing;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.CutProgress;
import stillpoint.machine.time.Report;

/**
 * Asks the processes of some neighbouring places how they are and hands the answers on. Decides
 * nothing.
 */
final class GroupSupervisor extends Shell<SupervisionProtocol.GroupCommand> {
  private final int group;
  private final int partNumber;
  private final int[] memberIds;
  private final List<ActorRef<ProcessProtocol.Command>> members;
  private final ActorRef<SupervisionProtocol.GroupCommand> self;
  private final ActorRef<SupervisionProtocol.NodeCommand> node;
  private final Report[] reports;
  private final long[] eventHashes;
  private final long[] stateHashes;
  private final Checkpointing checkpointing;
  private CutProgress cut;
  private byte[][] saved;
  private int[] asked = {};
  private int missing;

  private GroupSupervisor(
      int group,
      int partNumber,
      int[] memberIds,
      List<ActorRef<ProcessProtocol.Command>> members,
      Checkpointing checkpointing,
      ActorRef<SupervisionProtocol.GroupCommand> self,
      ActorRef<SupervisionProtocol.NodeCommand> node,
      ActorRef<SupervisionProtocol.RunCommand> guardian) {
    super(guardian);
    this.group = group;
    this.partNumber = partNumber;
    this.memberIds = memberIds;
    this.checkpointing = checkpointing;
    this.members = members;
    this.self = self;
    this.node = node;
    this.reports = new Report[members.size()];
    this.eventHashes = new long[members.size()];
    this.stateHashes = new long[members.size()];
  }

  /** {@code partNumber}: of its snapshots, among those of all nodes. */
  static Behavior<SupervisionProtocol.GroupCommand> create(
      int group,
      int partNumber,
      int[] memberIds,
      List<ActorRef<ProcessProtocol.Command>> members,
      Checkpointing checkpointing,
      ActorRef<SupervisionProtocol.NodeCommand> node,
      ActorRef<SupervisionProtocol.RunCommand> guardian) {
    return Behaviors.setup(
        context ->
            new GroupSupervisor(
                group,
                partNumber,
                memberIds,
                members,
                checkpointing,
                context.getSelf(),
                node,
                guardian));
  }

  @Override
  void on(SupervisionProtocol.GroupCommand command) {
    switch (command) {
      case SupervisionProtocol.Collect(long cycle, int[] wanted) -> {
        asked = wanted;
        missing = wanted.length;
        for (int member : wanted) {
          members.get(member).tell(new ProcessProtocol.Inspect(cycle, member, self));
        }
      }
      case SupervisionProtocol.Reported(int member, Report report) -> {
        if (report == null) {
          throw new BrokenInvariant(
              "member " + member + " of " + name() + " has nothing to report");
        }
        reports[member] = report;
        if (--missing == 0) {
          node.tell(new SupervisionProtocol.GroupReported(group, asked, answers()));
        }
      }
      case SupervisionProtocol.SaveAll(CutProgress at) -> {
        missing = members.size();
        cut = at;
        saved = new byte[members.size()][];
        for (int member = 0; member < members.size(); member++) {
          members
              .get(member)
              .tell(new ProcessProtocol.Save(at.cycle(), checkpointing.snapshots(), member, self));
        }
      }
      case SupervisionProtocol.Saved(int member, byte[] snapshot) -> {
        saved[member] = snapshot;
        if (--missing == 0) {
          var part = checkpointing.store().put(cut, partNumber, memberIds, saved);
          saved = null;
          node.tell(new SupervisionProtocol.GroupSaved(part));
        }
      }
      case SupervisionProtocol.ConcludeAll _ -> {
        missing = members.size();
        for (int member = 0; member < members.size(); member++) {
          members.get(member).tell(new ProcessProtocol.Conclude(member, self));
        }
      }
      case SupervisionProtocol.Concluded(int member, long eventHash, long stateHash) -> {
        eventHashes[member] = eventHash;
        stateHashes[member] = stateHash;
        if (--missing == 0) {
          node.tell(new SupervisionProtocol.GroupConcluded(group, eventHashes, stateHashes));
        }
      }
    }
  }

  private List<Report> answers() {
    Report[] answers = new Report[asked.length];
    for (int i = 0; i < asked.length; i++) {
      answers[i] = reports[asked[i]];
      reports[asked[i]] = null;
    }
    return List.of(answers);
  }

  @Override
  String name() {
    return "supervisor of group " + group;
  }
}
