package stillpoint.machine.interrupt;

import java.util.ArrayList;
import java.util.List;
import stillpoint.machine.interconnect.MachineMap;
import stillpoint.machine.interrupt.InterruptProtocol.Prompt;
import stillpoint.machine.interrupt.InterruptProtocol.ToCpu;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.LogicalProcess;
import stillpoint.machine.time.Message;
import stillpoint.machine.time.Outbox;
import stillpoint.machine.time.StateHash;

/**
 * What the slices of every interrupt controller have in common: a run of CPUs, and nothing to do on
 * their own but what a fault makes them do late.
 */
abstract sealed class ControllerSlice implements LogicalProcess
    permits GicSlice, OcteonCiuSlice, VsmpSlice, XlrPicSlice {
  private final int id;
  private final MachineMap map;
  private final int firstCpu;
  private final int cpuCount;

  /** What a fault holds back, in the order in which it is due, then came. */
  private final List<Held> held = new ArrayList<>(0);

  private long lastOwnCycle = -1;

  /** A message that is acted on late. */
  record Held(long dueCycle, int sender, Prompt message) {}

  ControllerSlice(int id, MachineMap map) {
    this.id = id;
    this.map = map;
    int index = index();
    this.firstCpu = map.firstCpuOfInterruptSlice(index);
    this.cpuCount = map.firstCpuOfInterruptSlice(index + 1) - firstCpu;
  }

  abstract void handle(long cycle, int cpu, Prompt message, Outbox outbox);

  @Override
  public final void handle(long cycle, int sender, Message message, Outbox outbox) {
    switch (message) {
      case Prompt prompt -> handle(cycle, sender, prompt, outbox);
      case InterruptProtocol.Late(long byCycles, Prompt late) ->
          hold(new Held(cycle + byCycles, sender, late));
      default -> throw refused(message, sender, cycle);
    }
  }

  private void hold(Held one) {
    int at = held.size();
    while (at > 0 && held.get(at - 1).dueCycle() > one.dueCycle()) {
      at--;
    }
    held.add(at, one);
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
    return held.isEmpty() ? NEVER : held.getFirst().dueCycle();
  }

  @Override
  public final void run(long untilCycle, Outbox outbox) {
    while (nextOwnCycle() < untilCycle) {
      Held due = held.removeFirst();
      lastOwnCycle = due.dueCycle();
      handle(due.dueCycle(), due.sender(), due.message(), outbox);
    }
  }

  @Override
  public final long lastOwnCycle() {
    return lastOwnCycle;
  }

  abstract void foldSlice(StateHash hash);

  @Override
  public final void foldState(StateHash hash) {
    foldSlice(hash);
    for (Held one : held) {
      hash.fold(one.dueCycle()).fold(one.sender());
      one.message().fold(hash);
    }
  }
}
