package stillpoint.machine.interrupt;

import stillpoint.machine.interconnect.MachineMap;
import stillpoint.machine.interrupt.Gic.Bits;
import stillpoint.machine.interrupt.InterruptProtocol.AcknowledgeShared;
import stillpoint.machine.interrupt.InterruptProtocol.DeviceInterrupt;
import stillpoint.machine.interrupt.InterruptProtocol.Prompt;
import stillpoint.machine.interrupt.InterruptProtocol.RaiseSoftwareInterrupt;
import stillpoint.machine.interrupt.InterruptProtocol.ReadAndClearMailbox;
import stillpoint.machine.interrupt.InterruptProtocol.SendVector;
import stillpoint.machine.interrupt.InterruptProtocol.SetMailbox;
import stillpoint.machine.interrupt.InterruptProtocol.SharedRaised;
import stillpoint.machine.interrupt.InterruptProtocol.SharedRead;
import stillpoint.machine.interrupt.InterruptProtocol.WedgeInterrupts;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.Outbox;
import stillpoint.machine.time.Report;
import stillpoint.machine.time.StateHash;

/**
 * A GIC slice under the modelled kernel: the {@link Gic} of a cluster of CPUs, set up as Linux sets
 * it up for inter-processor interrupts. Each CPU has three shared interrupts, the last of all: edge
 * triggered, mapped to it and to its pin 0, never masked. A second WEDGE write before the CPU has
 * cleared the first one's edge raises nothing: it coalesces.
 *
 * <p>Linux uses two a CPU, for calls and rescheduling; the third is for kernels whose icache flush
 * is an interrupt of its own.
 */
public final class GicSlice extends ControllerSlice {
  /** Inter-processor interrupts of each CPU. */
  public static final int PER_CPU = 3;

  /** Most CPUs of a slice: what the controller can name, and has interrupts for. */
  public static final int MOST_CPUS = Gic.MOST_VPS;

  private final Gic gic;
  private final long[] wedges = new long[PER_CPU];
  private final long[] coalesced = new long[PER_CPU];
  private long raised;
  private long spurious;

  public GicSlice(int id, MachineMap map) {
    super(id, map);
    this.gic = new Gic(cpuCount(), Gic.MOST_SHARED);
    for (int local = 0; local < cpuCount(); local++) {
      for (int which = 0; which < PER_CPU; which++) {
        setUp(interruptOf(local, which), local);
      }
    }
  }

  private void setUp(int interrupt, int local) {
    int index = interrupt >> 6;
    long bit = 1L << interrupt;
    for (Bits bits : new Bits[] {Bits.TRIG, Bits.POL, Bits.MASK}) {
      gic.setWord(bits, index, gic.word(bits, index) | bit);
    }
    gic.setPinMap(interrupt, Gic.MAP_TO_PIN);
    gic.setVpMap(interrupt, 1L << local);
  }

  private int interruptOf(int local, int which) {
    return gic.shared() - PER_CPU * (cpuCount() - local) + which;
  }

  @Override
  void handle(long cycle, int cpu, Prompt message, Outbox outbox) {
    switch (message) {
      case WedgeInterrupts(int which, CpuSet targets) -> {
        if (which < 0 || which >= PER_CPU) {
          throw new BrokenInvariant("interrupt " + which + " is not within 0 .. 2, cycle " + cycle);
        }
        for (int target = targets.next(0); target >= 0; target = targets.next(target + 1)) {
          wedge(cycle, target, which, outbox);
        }
      }
      case AcknowledgeShared _ -> tell(cycle, cpu, new SharedRead(clear(localOf(cpu))), outbox);
      case DeviceInterrupt(int source, boolean level) -> gic.input(source, level);
      case SetMailbox _, ReadAndClearMailbox _, SendVector _, RaiseSoftwareInterrupt _ ->
          throw refused(message, cpu, cycle);
    }
  }

  private void wedge(long cycle, int target, int which, Outbox outbox) {
    int local = localOf(target);
    boolean low = gic.levels(local) == 0;
    boolean pending = gic.wedge(interruptOf(local, which), true);
    wedges[which]++;
    coalesced[which] += pending ? 1 : 0;
    if (low) {
      raised++;
      tell(cycle, target, new SharedRaised(), outbox);
    }
  }

  private int clear(int local) {
    int bits = 0;
    for (int which = 0; which < PER_CPU; which++) {
      int interrupt = interruptOf(local, which);
      if (gic.get(Bits.EDGE, interrupt)) {
        gic.wedge(interrupt, false);
        bits |= 1 << which;
      }
    }
    spurious += bits == 0 ? 1 : 0;
    return bits;
  }

  @Override
  public Report inspect(long cycle) {
    int[] pending = new int[cpuCount()];
    for (int local = 0; local < pending.length; local++) {
      for (int which = 0; which < PER_CPU; which++) {
        pending[local] |= gic.get(Bits.EDGE, interruptOf(local, which)) ? 1 << which : 0;
      }
    }
    return new GicReport(index(), firstCpu(), pending, wedges, coalesced, raised, spurious);
  }

  @Override
  void foldSlice(StateHash hash) {
    gic.foldState(hash);
    hash.fold(wedges).fold(coalesced).fold(raised).fold(spurious);
  }
}
