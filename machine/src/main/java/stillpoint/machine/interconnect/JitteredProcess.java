package stillpoint.machine.interconnect;

import java.util.TreeMap;
import stillpoint.machine.time.LogicalProcess;
import stillpoint.machine.time.Outbox;
import stillpoint.machine.time.ProcessAround;
import stillpoint.machine.time.SeededRandom;

/**
 * A process whose messages take longer on their links, each by its own seeded delay. A link stays FIFO: a message arrives
 * no sooner than the one sent before it to the same process.
 */
public final class JitteredProcess extends ProcessAround {
  private final int id;
  private final MachineMap map;
  private final SeededRandom random;

  /** By receiver: arrival of the last message sent to it. */
  private final TreeMap<Integer, Long> lastArrivals = new TreeMap<>();

  /**
   * @param random of this process alone
   */
  public JitteredProcess(LogicalProcess process, int id, MachineMap map, SeededRandom random) {
    super(process);
    this.id = id;
    this.map = map;
    this.random = random;
  }

  /** A message is late by 0 .. jitter x the link's latency, every cycle of that as likely. */
  @Override
  protected Outbox around(Outbox outbox) {
    return (target, arrivalCycle, message) -> {
      long most = (long) map.latencyCycles(id, target) * map.board().latencyJitter();
      long late = random.nextInt((int) Math.min(most, Integer.MAX_VALUE - 1) + 1);
      long last = lastArrivals.getOrDefault(target, 0L);
      long arrival = Math.max(arrivalCycle + late, last);
      lastArrivals.put(target, arrival);
      outbox.send(target, arrival, message);
    };
  }
}
