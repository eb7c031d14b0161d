package stillpoint.machine.interrupt;

import java.util.function.Function;
import stillpoint.machine.interconnect.MachineMap;
import stillpoint.machine.interrupt.InterruptProtocol.AcknowledgeShared;
import stillpoint.machine.interrupt.InterruptProtocol.ReadAndClearMailbox;
import stillpoint.machine.interrupt.InterruptProtocol.SendVector;
import stillpoint.machine.interrupt.InterruptProtocol.SetMailbox;
import stillpoint.machine.interrupt.InterruptProtocol.ToController;
import stillpoint.machine.time.LogicalProcess;
import stillpoint.machine.time.Outbox;

/** Builds the slices of a board's interrupt controller, and speaks to them on a CPU's behalf. */
public final class InterruptController {
  private InterruptController() {}

  /** Slice {@code id} of the kind that the board has. */
  public static LogicalProcess create(int id, MachineMap map) {
    return switch (map.board().interruptController()) {
      case XLR_PIC -> new XlrPicSlice(id, map);
      case OCTEON_CIU -> new OcteonCiuSlice(id, map);
      case GIC -> new GicSlice(id, map);
      case VSMP -> new VsmpSlice(id, map);
    };
  }

  /** XLR PIC: sends an IPI with a vector to each target. */
  public static void sendVector(
      MachineMap map, int fromCpu, int vector, CpuSet targets, long cycle, Outbox outbox) {
    send(map, fromCpu, targets, cycle, outbox, part -> new SendVector(vector, part));
  }

  /** Octeon CIU: sets bits in the mailbox of each target. */
  public static void setMailbox(
      MachineMap map, int fromCpu, int bits, CpuSet targets, long cycle, Outbox outbox) {
    send(map, fromCpu, targets, cycle, outbox, part -> new SetMailbox(bits, part));
  }

  /** Octeon CIU: asks for the CPU's own mailbox word; MailboxRead answers. */
  public static void readAndClearMailbox(MachineMap map, int cpu, long cycle, Outbox outbox) {
    int slice = map.interruptSliceOf(cpu);
    outbox.send(slice, cycle + map.latencyCycles(cpu, slice), new ReadAndClearMailbox());
  }

  /** GIC: asks for the CPU's own pending inter-processor interrupts; SharedRead answers. */
  public static void acknowledgeShared(MachineMap map, int cpu, long cycle, Outbox outbox) {
    int slice = map.interruptSliceOf(cpu);
    outbox.send(slice, cycle + map.latencyCycles(cpu, slice), new AcknowledgeShared());
  }

  /**
   * Sends one message to each slice that serves a target, in ascending order.
   *
   * @param message makes it, given those targets that the slice serves
   */
  public static void send(
      MachineMap map,
      int fromCpu,
      CpuSet targets,
      long cycle,
      Outbox outbox,
      Function<CpuSet, ToController> message) {
    for (int cpu = targets.next(0); cpu >= 0; ) {
      int slice = map.interruptSliceOf(cpu);
      int index = slice - map.interruptSlice(0);
      int first = map.firstCpuOfInterruptSlice(index);
      int end = map.firstCpuOfInterruptSlice(index + 1);
      ToController part = message.apply(targets.within(first, end));
      outbox.send(slice, cycle + map.latencyCycles(fromCpu, slice), part);
      cpu = targets.next(end);
    }
  }
}
