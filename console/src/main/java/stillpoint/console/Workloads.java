package stillpoint.console;

import stillpoint.actors.cluster.Workload;
import stillpoint.actors.reconcile.ReconciledWorkload;
import stillpoint.machine.packed.PackedFormatException;
import stillpoint.machine.packed.PackedInput;
import stillpoint.machine.packed.PackedOutput;

/** What the nodes of a cluster can be asked to run, as bytes. */
final class Workloads {
  private static final int MACHINE = 1;
  private static final int PHOLD = 2;
  private static final int RECONCILED = 3;

  private Workloads() {}

  static byte[] pack(PholdWorkload phold) {
    PackedOutput out = new PackedOutput();
    out.putByte(PHOLD);
    phold.pack(out);
    return out.toBytes();
  }

  /** {@code machine}: as {@link MachineWorkload} packs it. */
  static byte[] machine(byte[] machine) {
    PackedOutput out = new PackedOutput(machine.length + 8);
    out.putByte(MACHINE);
    out.putBytes(machine);
    return out.toBytes();
  }

  /**
   * A machine on nodes that are compared with one node.
   *
   * @param machine as {@link MachineWorkload} packs it
   * @param name of the nodes, for people
   */
  static byte[] reconciled(byte[] machine, String name) {
    PackedOutput out = new PackedOutput(machine.length + 64);
    out.putByte(RECONCILED);
    out.putText(name);
    out.putBytes(machine);
    return out.toBytes();
  }

  static Workload unpack(byte[] bytes) {
    PackedInput in = new PackedInput(bytes);
    int kind = in.getByte();
    return switch (kind) {
      case MACHINE -> MachineWorkload.unpack(in.getBytes());
      case PHOLD -> PholdWorkload.unpack(in);
      case RECONCILED -> {
        String name = in.getText();
        byte[] machine = in.getBytes();
        yield new ReconciledWorkload(unpack(machine), unpack(machine), name);
      }
      default -> throw new PackedFormatException("no node can run anything of kind " + kind);
    };
  }
}
