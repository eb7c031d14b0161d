package stillpoint.machine.interconnect;

import java.util.TreeMap;
import stillpoint.machine.time.LogicalProcess;
import stillpoint.machine.time.Message;
import stillpoint.machine.time.Outbox;
import stillpoint.machine.time.Report;
import stillpoint.machine.time.StateHash;

/**
 * A process whose link into the interconnect carries one flit a cycle: its messages queue for it. A message is a flit, and
 * one more for each {@link stillpoint.machine.board.Board#flitBytes} that it carries; it has arrived when its last flit has.
 * Links that several processes share are not modelled. Messages to one receiver leave in the order in which they are sent.
 */
public final class EgressProcess implements LogicalProcess {
  private final LogicalProcess process;
  private final int id;
  private final MachineMap map;
  private final FlitSchedule link = new FlitSchedule();

  /** By receiver: the cycle behind the last flit sent to it. */
  private final TreeMap<Integer, Long> lastFlits = new TreeMap<>();

  public EgressProcess(LogicalProcess process, int id, MachineMap map) {
    this.process = process;
    this.id = id;
    this.map = map;
  }

  private Outbox queueing(Outbox outbox) {
    return (target, arrivalCycle, message) -> {
      int flits = 1 + Math.ceilDiv(message.payloadBytes(), map.board().flitBytes());
      long ready = arrivalCycle - map.latencyCycles(id, target);
      long leaves = link.take(Math.max(ready, lastFlits.getOrDefault(target, 0L)), flits);
      lastFlits.put(target, leaves + flits);
      outbox.send(target, arrivalCycle + (leaves - ready) + flits - 1, message);
    };
  }

  @Override
  public void handle(long cycle, int sender, Message message, Outbox outbox) {
    link.forgetBefore(cycle);
    process.handle(cycle, sender, message, queueing(outbox));
  }

  @Override
  public void run(long untilCycle, Outbox outbox) {
    process.run(untilCycle, queueing(outbox));
  }

  @Override
  public long nextOwnCycle() {
    return process.nextOwnCycle();
  }

  @Override
  public long lastOwnCycle() {
    return process.lastOwnCycle();
  }

  @Override
  public long blockedSince() {
    return process.blockedSince();
  }

  @Override
  public Report inspect(long cycle) {
    return process.inspect(cycle);
  }

  @Override
  public void foldState(StateHash hash) {
    process.foldState(hash);
  }
}
