package stillpoint.actors.cluster;

import java.util.List;
import stillpoint.actors.time.NodeProtocol;
import stillpoint.actors.time.SupervisionProtocol;
import stillpoint.machine.packed.Codec;
import stillpoint.machine.packed.Codecs;
import stillpoint.machine.packed.EventCodec;
import stillpoint.machine.packed.PackedFormatException;
import stillpoint.machine.packed.PackedInput;
import stillpoint.machine.packed.PackedOutput;
import stillpoint.machine.time.NodeBatch;
import stillpoint.machine.time.Promise;
import stillpoint.machine.time.Report;

/** What nodes of one run say to each other, as bytes. */
final class NodeWire {
  private static final int TO_NODE = 1;
  private static final int TO_MACHINE_AT_CUT = 2;
  private static final int TO_MACHINE_AT_END = 3;

  private final Codec<NodeProtocol.Command> toNode;
  private final Codec<SupervisionProtocol.MachineCommand> atCut;
  private final Codec<SupervisionProtocol.MachineCommand> atEnd;

  NodeWire(Workload workload) {
    this.toNode =
        new Codecs()
            .with(NodeBatch.class, new BatchCodec(workload))
            .union(
                NodeProtocol.Command.class,
                List.of(
                    NodeProtocol.Begin.class,
                    NodeProtocol.Received.class,
                    NodeProtocol.Decided.class,
                    NodeProtocol.AllSaved.class));
    this.atCut = toMachine(workload.reportsAtCut());
    this.atEnd = toMachine(workload.reportsAtEnd());
  }

  private static Codec<SupervisionProtocol.MachineCommand> toMachine(Codec<Report> reports) {
    return new Codecs()
        .with(Report.class, reports)
        .union(
            SupervisionProtocol.MachineCommand.class,
            List.of(SupervisionProtocol.MachineCommand.class));
  }

  byte[] pack(NodeProtocol.Command command) {
    PackedOutput out = new PackedOutput();
    out.putByte(TO_NODE);
    toNode.write(command, out);
    return out.toBytes();
  }

  byte[] pack(SupervisionProtocol.MachineCommand command) {
    PackedOutput out = new PackedOutput();
    boolean end = command instanceof SupervisionProtocol.NodeConcluded;
    out.putByte(end ? TO_MACHINE_AT_END : TO_MACHINE_AT_CUT);
    (end ? atEnd : atCut).write(command, out);
    return out.toBytes();
  }

  /** Who gets what. */
  interface Receiver {
    void forNode(NodeProtocol.Command command);

    void forMachine(SupervisionProtocol.MachineCommand command);
  }

  /**
   * @throws PackedFormatException if no node of this run wrote these bytes
   */
  void unpack(byte[] bytes, Receiver receiver) {
    PackedInput in = new PackedInput(bytes);
    int kind = in.getByte();
    switch (kind) {
      case TO_NODE -> {
        NodeProtocol.Command command = toNode.read(in);
        in.requireEnd();
        receiver.forNode(command);
      }
      case TO_MACHINE_AT_CUT, TO_MACHINE_AT_END -> {
        var command = (kind == TO_MACHINE_AT_END ? atEnd : atCut).read(in);
        in.requireEnd();
        receiver.forMachine(command);
      }
      default -> throw new PackedFormatException("no node says anything of kind " + kind);
    }
  }

  private static final class BatchCodec implements Codec<NodeBatch> {
    private final EventCodec events;
    private final int processes;

    BatchCodec(Workload workload) {
      this.events = new EventCodec(workload.messages());
      this.processes = workload.model().size();
    }

    @Override
    public void write(NodeBatch batch, PackedOutput out) {
      Promise promise = batch.promise();
      out.putUnsigned(batch.round());
      out.putUnsigned(batch.from());
      out.putUnsigned(batch.to());
      out.putSigned(promise.nextCycle());
      out.putSigned(promise.blockedSince());
      out.putSigned(promise.lastActiveCycle());
      events.write(batch.events(), promise.lastActiveCycle(), out);
    }

    @Override
    public NodeBatch read(PackedInput in) {
      long round = in.getUnsigned();
      int from = (int) in.getUnsigned();
      int to = (int) in.getUnsigned();
      Promise promise = new Promise(in.getSigned(), in.getSigned(), in.getSigned());
      return new NodeBatch(
          round, from, to, events.read(in, promise.lastActiveCycle(), processes), promise);
    }
  }
}
