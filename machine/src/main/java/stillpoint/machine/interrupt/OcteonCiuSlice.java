package stillpoint.machine.interrupt;

import stillpoint.machine.interconnect.MachineMap;
import stillpoint.machine.interrupt.InterruptProtocol.AcknowledgeShared;
import stillpoint.machine.interrupt.InterruptProtocol.DeviceInterrupt;
import stillpoint.machine.interrupt.InterruptProtocol.MailboxRaised;
import stillpoint.machine.interrupt.InterruptProtocol.MailboxRead;
import stillpoint.machine.interrupt.InterruptProtocol.Prompt;
import stillpoint.machine.interrupt.InterruptProtocol.RaiseSoftwareInterrupt;
import stillpoint.machine.interrupt.InterruptProtocol.ReadAndClearMailbox;
import stillpoint.machine.interrupt.InterruptProtocol.SendVector;
import stillpoint.machine.interrupt.InterruptProtocol.SetMailbox;
import stillpoint.machine.interrupt.InterruptProtocol.WedgeInterrupts;
import stillpoint.machine.time.Outbox;
import stillpoint.machine.time.Report;
import stillpoint.machine.time.StateHash;

/**
 * A slice of Octeon's central interrupt unit, its mailboxes: a word a core, into which others OR
 * bits. The interrupt line is up while the word is not zero, so a second IPI before the core has
 * read its word raises nothing: it coalesces.
 */
public final class OcteonCiuSlice extends ControllerSlice {
  private final OcteonCiu ciu;
  private final long[] setsByBit = new long[Integer.SIZE];
  private final long[] coalescedByBit = new long[Integer.SIZE];
  private long sets;
  private long raised;

  /** A device has spoken: from then on what it said is part of the digest. */
  private boolean devices;

  public OcteonCiuSlice(int id, MachineMap map) {
    super(id, map);
    this.ciu = new OcteonCiu(cpuCount());
  }

  @Override
  void handle(long cycle, int cpu, Prompt message, Outbox outbox) {
    switch (message) {
      case SetMailbox(int bits, CpuSet targets) -> {
        for (int target = targets.next(0); target >= 0; target = targets.next(target + 1)) {
          set(cycle, target, bits, outbox);
        }
      }
      case ReadAndClearMailbox _ -> {
        int local = localOf(cpu);
        tell(cycle, cpu, new MailboxRead(ciu.clearMailbox(local, -1)), outbox);
      }
      case DeviceInterrupt(int source, boolean level) -> {
        devices = true;
        ciu.input(source, level);
      }
      case SendVector _, WedgeInterrupts _, AcknowledgeShared _, RaiseSoftwareInterrupt _ ->
          throw refused(message, cpu, cycle);
    }
  }

  private void set(long cycle, int target, int bits, Outbox outbox) {
    int local = localOf(target);
    int before = ciu.setMailbox(local, bits);
    for (int left = bits; left != 0; left &= left - 1) {
      int bit = Integer.numberOfTrailingZeros(left);
      setsByBit[bit]++;
      coalescedByBit[bit] += before >>> bit & 1;
    }
    sets++;
    if (before == 0 && bits != 0) {
      raised++;
      tell(cycle, target, new MailboxRaised(), outbox);
    }
  }

  @Override
  public Report inspect(long cycle) {
    return new OcteonCiuReport(
        index(),
        firstCpu(),
        ciu.mailboxes(),
        sets,
        raised,
        setsByBit,
        coalescedByBit,
        ciu.idleClears());
  }

  @Override
  void foldSlice(StateHash hash) {
    ciu.foldMailboxes(hash);
    hash.fold(sets).fold(raised).fold(setsByBit).fold(coalescedByBit);
    if (devices) {
      ciu.foldRest(hash);
    }
  }
}
