package stillpoint.machine.interconnect;

import java.util.TreeMap;
import stillpoint.machine.time.LogicalProcess;
import stillpoint.machine.time.Message;
import stillpoint.machine.time.Outbox;
import stillpoint.machine.time.ProcessAround;

/**
 * A process whose link into the interconnect carries one flit a cycle: its messages queue for it. A message is a flit, and
 * one more for each {@link stillpoint.machine.board.Board#flitBytes} that it carries; it has arrived when its last flit has.
 * Messages to one receiver leave in the order in which they are sent.
 *
 * <p>Where there are routers, what goes to another place is handed to the own place's, and what comes from there is taken
 * out of its wrapping: the process itself talks to its peers as it does without.
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
  protected void deliver(
      LogicalProcess to, long cycle, int sender, Message message, Outbox outbox) {
    if (message instanceof Routed routed) {
      to.handle(cycle, routed.from(), routed.message(), outbox);
    } else {
      to.handle(cycle, sender, message, outbox);
    }
  }

  @Override
  protected Outbox around(Outbox outbox) {
    return (target, arrivalCycle, message) -> {
      int flits = 1 + Math.ceilDiv(message.payloadBytes(), map.board().flitBytes());
      long ready = arrivalCycle - map.latencyCycles(id, target);
      long leaves = link.take(Math.max(ready, lastFlits.getOrDefault(target, 0L)), flits);
      lastFlits.put(target, leaves + flits);
      int place = map.placeOf(id);
      if (map.hasRouters() && map.placeOf(target) != place) {
        outbox.send(
            map.router(place),
            leaves + map.intoRouterCycles(),
            new Routed(id, target, flits, message));
      } else {
        outbox.send(target, arrivalCycle + (leaves - ready) + flits - 1, message);
      }
    };
  }
}
