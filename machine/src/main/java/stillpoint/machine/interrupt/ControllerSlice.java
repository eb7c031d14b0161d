package stillpoint.machine.interrupt;

import stillpoint.machine.interconnect.MachineMap;
import stillpoint.machine.interrupt.InterruptProtocol.ToController;
import stillpoint.machine.interrupt.InterruptProtocol.ToCpu;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.LogicalProcess;
import stillpoint.machine.time.Message;
import stillpoint.machine.time.Outbox;

/**
 * What the slices of every interrupt controller have in common: a run of CPUs, and nothing to do on
 * their own.
 */
abstract sealed class ControllerSlice implements LogicalProcess
    permits GicSlice, OcteonCiuSlice, VsmpSlice, XlrPicSlice {
  private final int id;
  private final MachineMap map;
  private final int firstCpu;
  private final int cpuCount;

  ControllerSlice(int id, MachineMap map) {
    this.id = id;
    this.map = map;
    int index = index();
    this.firstCpu = map.firstCpuOfInterruptSlice(index);
    this.cpuCount = map.firstCpuOfInterruptSlice(index + 1) - firstCpu;
  }

  abstract void handle(long cycle, int cpu, ToController message, Outbox outbox);

  @Override
  public final void handle(long cycle, int sender, Message message, Outbox outbox) {
    if (!(message instanceof ToController toController)) {
      throw refused(message, sender, cycle);
    }
    handle(cycle, sender, toController, outbox);
  }

  final int index() {
    return id - map.interruptSlice(0);
  }

  final int firstCpu() {
    return firstCpu;
  }

  final int cpuCount() {
    return cpuCount;
  }

  /** Number of a CPU within the slice. */
  final int localOf(int cpu) {
    int local = cpu - firstCpu;
    if (local < 0 || local >= cpuCount) {
      throw new BrokenInvariant(map.nameOf(id) + " does not serve " + map.nameOf(cpu));
    }
    return local;
  }

  final void tell(long cycle, int cpu, ToCpu message, Outbox outbox) {
    outbox.send(cpu, cycle + map.latencyCycles(id, cpu), message);
  }

  final BrokenInvariant refused(Message message, int sender, long cycle) {
    return new BrokenInvariant(
        map.nameOf(id)
            + " has no use for "
            + message
            + " of "
            + map.nameOf(sender)
            + " at cycle "
            + cycle);
  }

  @Override
  public final long nextOwnCycle() {
    return NEVER;
  }

  @Override
  public final void run(long untilCycle, Outbox outbox) {
    throw new BrokenInvariant(map.nameOf(id) + " has nothing to do on its own");
  }
}
