package stillpoint.machine.interrupt;

import stillpoint.machine.interconnect.MachineMap;
import stillpoint.machine.interrupt.InterruptProtocol.AcknowledgeShared;
import stillpoint.machine.interrupt.InterruptProtocol.DeviceInterrupt;
import stillpoint.machine.interrupt.InterruptProtocol.Prompt;
import stillpoint.machine.interrupt.InterruptProtocol.RaiseSoftwareInterrupt;
import stillpoint.machine.interrupt.InterruptProtocol.ReadAndClearMailbox;
import stillpoint.machine.interrupt.InterruptProtocol.SendVector;
import stillpoint.machine.interrupt.InterruptProtocol.SetMailbox;
import stillpoint.machine.interrupt.InterruptProtocol.SoftwareInterruptRaised;
import stillpoint.machine.interrupt.InterruptProtocol.WedgeInterrupts;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.Outbox;
import stillpoint.machine.time.Report;
import stillpoint.machine.time.StateHash;

/**
 * A slice of what carries cross-VPE writes of Cause on a 34K: a software interrupt for each target,
 * passed on one by one and kept nowhere. Merging with one that is pending already happens in the
 * target's Cause.
 */
public final class VsmpSlice extends ControllerSlice {
  private final long[] raised = new long[Vsmp.SOFTWARE_INTERRUPTS];
  private final Vsmp vsmp;

  public VsmpSlice(int id, MachineMap map) {
    super(id, map);
    this.vsmp = new Vsmp(cpuCount());
  }

  @Override
  void handle(long cycle, int cpu, Prompt message, Outbox outbox) {
    switch (message) {
      case RaiseSoftwareInterrupt(int line, CpuSet targets) -> {
        if (line < 0 || line >= Vsmp.SOFTWARE_INTERRUPTS) {
          throw new BrokenInvariant(
              "software interrupt " + line + " is not within 0 .. 1, cycle " + cycle);
        }
        SoftwareInterruptRaised event = new SoftwareInterruptRaised(line);
        for (int target = targets.next(0); target >= 0; target = targets.next(target + 1)) {
          localOf(target);
          tell(cycle, target, event, outbox);
          raised[line]++;
        }
      }
      case DeviceInterrupt(int source, boolean level) -> vsmp.input(source, level);
      case SetMailbox _,
          ReadAndClearMailbox _,
          SendVector _,
          WedgeInterrupts _,
          AcknowledgeShared _ ->
          throw refused(message, cpu, cycle);
    }
  }

  @Override
  public Report inspect(long cycle) {
    return new VsmpReport(index(), raised);
  }

  @Override
  void foldSlice(StateHash hash) {
    hash.fold(raised);
    vsmp.foldState(hash);
  }
}
