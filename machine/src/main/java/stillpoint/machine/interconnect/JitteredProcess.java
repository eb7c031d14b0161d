package stillpoint.machine.interconnect;

import java.util.TreeMap;
import stillpoint.machine.time.LogicalProcess;
import stillpoint.machine.time.Message;
import stillpoint.machine.time.Outbox;
import stillpoint.machine.time.Report;
import stillpoint.machine.time.SeededRandom;
import stillpoint.machine.time.StateHash;

/**
 * A process whose messages take longer on their links, each by its own seeded delay. A link stays FIFO: a message arrives
 * no sooner than the one sent before it to the same process.
 */
public final class JitteredProcess implements LogicalProcess {
  private final LogicalProcess process;
  private final int id;
  private final MachineMap map;
  private final SeededRandom random;

  /** By receiver: arrival of the last message sent to it. */
  private final TreeMap<Integer, Long> lastArrivals = new TreeMap<>();

  /**
   * @param random of this process alone
   */
  public JitteredProcess(LogicalProcess process, int id, MachineMap map, SeededRandom random) {
    this.process = process;
    this.id = id;
    this.map = map;
    this.random = random;
  }

  /** A message is late by 0 .. jitter x the link's latency, every cycle of that as likely. */
  private Outbox delaying(Outbox outbox) {
    return (target, arrivalCycle, message) -> {
      long most = (long) map.latencyCycles(id, target) * map.board().latencyJitter();
      long late = random.nextInt((int) Math.min(most, Integer.MAX_VALUE - 1) + 1);
      long last = lastArrivals.getOrDefault(target, 0L);
      long arrival = Math.max(arrivalCycle + late, last);
      lastArrivals.put(target, arrival);
      outbox.send(target, arrival, message);
    };
  }

  @Override
  public void handle(long cycle, int sender, Message message, Outbox outbox) {
    process.handle(cycle, sender, message, delaying(outbox));
  }

  @Override
  public void run(long untilCycle, Outbox outbox) {
    process.run(untilCycle, delaying(outbox));
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
