package stillpoint.machine.interrupt;

import stillpoint.machine.interconnect.MachineMap;
import stillpoint.machine.interrupt.InterruptProtocol.AcknowledgeShared;
import stillpoint.machine.interrupt.InterruptProtocol.DeviceInterrupt;
import stillpoint.machine.interrupt.InterruptProtocol.Prompt;
import stillpoint.machine.interrupt.InterruptProtocol.RaiseSoftwareInterrupt;
import stillpoint.machine.interrupt.InterruptProtocol.ReadAndClearMailbox;
import stillpoint.machine.interrupt.InterruptProtocol.SendVector;
import stillpoint.machine.interrupt.InterruptProtocol.SetMailbox;
import stillpoint.machine.interrupt.InterruptProtocol.VectorRaised;
import stillpoint.machine.interrupt.InterruptProtocol.WedgeInterrupts;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.Outbox;
import stillpoint.machine.time.Report;
import stillpoint.machine.time.StateHash;

/**
 * A slice of the XLR/XLS programmable interrupt controller, its IPI part: a vector for each target,
 * passed on one by one and kept nowhere. Merging with a vector that is pending already happens at
 * the CPU.
 */
public final class XlrPicSlice extends ControllerSlice {
  /** Vectors are bits of the 64-bit EIRR and EIMR registers. */
  public static final int VECTORS = XlrPic.VECTORS;

  private final long[] raised = new long[VECTORS];

  /** What a modelled kernel has not set up: its table is empty, so it remembers devices' edges. */
  private final XlrPic pic;

  private boolean devices;

  public XlrPicSlice(int id, MachineMap map) {
    super(id, map);
    this.pic = new XlrPic(cpuCount());
  }

  @Override
  void handle(long cycle, int cpu, Prompt message, Outbox outbox) {
    switch (message) {
      case SendVector(int vector, CpuSet targets) -> {
        if (vector < 0 || vector >= VECTORS) {
          throw new BrokenInvariant("vector " + vector + " is not within 0 .. 63, cycle " + cycle);
        }
        VectorRaised event = new VectorRaised(vector);
        for (int target = targets.next(0); target >= 0; target = targets.next(target + 1)) {
          localOf(target);
          tell(cycle, target, event, outbox);
          raised[vector]++;
        }
      }
      case DeviceInterrupt(int source, boolean level) -> {
        devices = true;
        pic.input(source, level);
      }
      case SetMailbox _,
          ReadAndClearMailbox _,
          WedgeInterrupts _,
          AcknowledgeShared _,
          RaiseSoftwareInterrupt _ ->
          throw refused(message, cpu, cycle);
    }
  }

  @Override
  public Report inspect(long cycle) {
    return new XlrPicReport(index(), raised);
  }

  @Override
  void foldSlice(StateHash hash) {
    hash.fold(raised);
    if (devices) {
      pic.foldState(hash);
    }
  }
}
