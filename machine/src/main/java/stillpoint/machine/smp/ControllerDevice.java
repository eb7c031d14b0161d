package stillpoint.machine.smp;

import stillpoint.machine.interconnect.MachineMap;
import stillpoint.machine.interrupt.InterruptProtocol.DeviceInterrupt;
import stillpoint.machine.interrupt.InterruptProtocol.SoftwareInterruptRaised;
import stillpoint.machine.interrupt.MappedController;
import stillpoint.machine.smp.DeviceProtocol.DeviceAnswer;
import stillpoint.machine.smp.DeviceProtocol.DeviceLoad;
import stillpoint.machine.smp.DeviceProtocol.DeviceStore;
import stillpoint.machine.smp.DeviceProtocol.InterruptLines;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.LogicalProcess;
import stillpoint.machine.time.Message;
import stillpoint.machine.time.Outbox;
import stillpoint.machine.time.Report;
import stillpoint.machine.time.StateHash;

/**
 * A slice of an interrupt controller whose registers are at physical addresses: carries a {@link
 * MappedController}. Accesses and devices' lines change its state; each CPU whose lines have changed
 * by that is told.
 */
final class ControllerDevice implements LogicalProcess {
  private final int id;
  private final MachineMap map;
  private final long base;
  private final int firstCpu;
  private final MappedController controller;

  /** What each CPU was told last. */
  private final int[] told;

  /** Cycle up to which the controller has come by itself. */
  private long now;

  ControllerDevice(int id, MachineMap map, long base, MappedController controller, int cpuCount) {
    this.id = id;
    this.map = map;
    this.base = base;
    this.firstCpu = map.firstCpuOfInterruptSlice(id - map.interruptSlice(0));
    this.controller = controller;
    this.told = new int[cpuCount];
  }

  @Override
  public void handle(long cycle, int sender, Message message, Outbox outbox) {
    if (nextOwnCycle() <= cycle) {
      controller.advance(cycle);
    }
    now = cycle;
    switch (message) {
      case DeviceLoad load -> answer(cycle, sender, read(cycle, sender, load), outbox);
      case DeviceStore store -> {
        if (store.bytes() >= 4) {
          int offset = (int) (store.physical() - base);
          controller.write(cycle, numberOf(sender), offset, store.bytes(), store.value());
        }
        answer(cycle, sender, 0, outbox);
      }
      case DeviceInterrupt(int source, boolean level) -> controller.input(source, level);
      default ->
          throw new BrokenInvariant(
              map.nameOf(id) + " at cycle " + cycle + " cannot take " + message);
    }
    tell(cycle, outbox);
  }

  /** Within the slice, or -1: CPUs of other slices have no section of their own here. */
  private int numberOf(int cpu) {
    int number = cpu - firstCpu;
    return number >= 0 && number < told.length ? number : -1;
  }

  /** Registers are words and doublewords; nothing smaller is there. */
  private long read(long cycle, int cpu, DeviceLoad load) {
    int offset = (int) (load.physical() - base);
    return load.bytes() < 4 ? 0 : controller.read(cycle, numberOf(cpu), offset, load.bytes());
  }

  private void answer(long cycle, int cpu, long value, Outbox outbox) {
    outbox.send(cpu, cycle + map.latencyCycles(id, cpu), new DeviceAnswer(value));
  }

  private void tell(long cycle, Outbox outbox) {
    for (int number = 0; number < told.length; number++) {
      int cpu = firstCpu + number;
      long arrives = cycle + map.latencyCycles(id, cpu);
      int levels = controller.levels(number);
      if (levels != told[number]) {
        told[number] = levels;
        outbox.send(cpu, arrives, new InterruptLines(levels));
      }
      for (int raised = controller.takeSoftwareInterrupts(number); raised != 0; ) {
        outbox.send(
            cpu, arrives, new SoftwareInterruptRaised(Integer.numberOfTrailingZeros(raised)));
        raised &= raised - 1;
      }
    }
  }

  @Override
  public long nextOwnCycle() {
    long next = controller.nextCycle(now);
    return next == Long.MAX_VALUE ? NEVER : next;
  }

  @Override
  public void run(long untilCycle, Outbox outbox) {
    for (long own = nextOwnCycle(); own < untilCycle; own = nextOwnCycle()) {
      controller.advance(own);
      now = own;
      tell(own, outbox);
    }
  }

  @Override
  public Report inspect(long cycle) {
    return new SmpReport.Controller(controller.spurious());
  }

  @Override
  public void foldState(StateHash hash) {
    controller.foldState(hash);
    for (int levels : told) {
      hash.fold(levels);
    }
    hash.fold(now);
  }
}
