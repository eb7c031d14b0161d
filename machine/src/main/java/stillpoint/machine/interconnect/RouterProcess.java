package stillpoint.machine.interconnect;

import java.util.TreeMap;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.LogicalProcess;
import stillpoint.machine.time.Message;
import stillpoint.machine.time.Outbox;
import stillpoint.machine.time.Report;
import stillpoint.machine.time.StateHash;

/**
 * The router of a place of a ring or mesh: hands each message on to the neighbour on its way, or to its receiver. Each link
 * out of it, to a neighbour or to somebody at this place, carries one flit a cycle; messages queue for it in the order in
 * which their first flits came.
 *
 * <p>Virtual cut-through: a first flit goes on as soon as its link is free, whether or not the others have come, which are
 * close behind it on every link. Queues have room for all, so no message keeps a link that it does not use, and no circle
 * of full queues can be. All messages of one pair of processes take one way and keep their order on each link of it.
 */
public final class RouterProcess implements LogicalProcess {
  private final int place;
  private final MachineMap map;

  /** By the process at its other end: the cycle from which a link is free. */
  private final TreeMap<Integer, Long> freeCycles = new TreeMap<>();

  private long messages;
  private long waitedCycles;

  /**
   * What a router has done.
   *
   * @param messages handed on
   * @param waitedCycles that they stood in its queues, all together
   */
  public record Load(int place, long messages, long waitedCycles) implements Report {}

  public RouterProcess(int id, MachineMap map) {
    this.place = map.placeOf(id);
    this.map = map;
  }

  @Override
  public void handle(long cycle, int sender, Message message, Outbox outbox) {
    if (!(message instanceof Routed routed)) {
      throw new BrokenInvariant(
          map.nameOf(map.router(place))
              + " cannot hand on "
              + message
              + " of "
              + map.nameOf(sender)
              + " at cycle "
              + cycle);
    }
    int to = map.placeOf(routed.target());
    int next = to == place ? routed.target() : map.nextRouter(place, to);
    long leaves = Math.max(cycle, freeCycles.getOrDefault(next, 0L));
    freeCycles.put(next, leaves + routed.flits());
    messages++;
    waitedCycles += leaves - cycle;
    outbox.send(
        next,
        to == place
            ? leaves + map.outOfRouterCycles(routed.from(), next) + routed.flits() - 1
            : leaves + map.latencyCycles(map.router(place), next),
        routed);
  }

  /** A router only hands on. */
  @Override
  public long nextOwnCycle() {
    return NEVER;
  }

  @Override
  public void run(long untilCycle, Outbox outbox) {
    throw new BrokenInvariant(map.nameOf(map.router(place)) + " has nothing to do on its own");
  }

  @Override
  public Load inspect(long cycle) {
    return new Load(place, messages, waitedCycles);
  }

  @Override
  public void foldState(StateHash hash) {
    hash.fold(messages).fold(waitedCycles);
    freeCycles.forEach((link, free) -> hash.fold(link).fold(free));
  }
}
