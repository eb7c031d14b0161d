package stillpoint.machine.interconnect;

import java.util.TreeMap;
import stillpoint.machine.time.LogicalProcess;
import stillpoint.machine.time.Message;
import stillpoint.machine.time.Outbox;
import stillpoint.machine.time.ProcessAround;

/**
 * A process whose link into the interconnect carries one flit a cycle: its messages queue for it. A message is a flit, and
 * one more for each {@link stillpoint.machine.board.Board#flitBytes} that it carries; it has arrived when its last flit has.
 * Links that several processes share are not modelled. Messages to one receiver leave in the order in which they are sent.
 */
public final class EgressProcess extends ProcessAround {
  private final int id;
  private final MachineMap map;
  private final FlitSchedule link = new FlitSchedule();

  /** By receiver: the cycle behind the last flit sent to it. */
  private final TreeMap<Integer, Long> lastFlits = new TreeMap<>();

  public EgressProcess(LogicalProcess process, int id, MachineMap map) {
    super(process);
    this.id = id;
    this.map = map;
  }

  @Override
  protected void comes(long cycle, int sender, Message message) {
    link.forgetBefore(cycle);
  }

  @Override
  protected Outbox around(Outbox outbox) {
    return (target, arrivalCycle, message) -> {
      int flits = 1 + Math.ceilDiv(message.payloadBytes(), map.board().flitBytes());
      long ready = arrivalCycle - map.latencyCycles(id, target);
      long leaves = link.take(Math.max(ready, lastFlits.getOrDefault(target, 0L)), flits);
      lastFlits.put(target, leaves + flits);
      outbox.send(target, arrivalCycle + (leaves - ready) + flits - 1, message);
    };
  }
}
