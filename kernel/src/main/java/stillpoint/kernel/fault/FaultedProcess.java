package stillpoint.kernel.fault;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import stillpoint.kernel.system.MachineSetup;
import stillpoint.machine.interconnect.MachineMap;
import stillpoint.machine.time.LogicalProcess;
import stillpoint.machine.time.Outbox;
import stillpoint.machine.time.ProcessAround;
import stillpoint.machine.time.Report;
import stillpoint.machine.time.StateHash;

/**
 * A process of which faults know: some of its links are slow, and what struck here is part of what it reports. A slow link
 * stays FIFO: a message arrives no sooner than the one sent before it to the same process.
 */
public final class FaultedProcess extends ProcessAround {
  private record Slow(Fault.SlowLink fault, TriggerState state) {}

  private final int id;
  private final MachineMap map;
  private final StrikeLog log;
  private final List<Slow> links = new ArrayList<>(0);

  /** By receiver at the end of a link that was slow: arrival of the last message sent to it. */
  private final TreeMap<Integer, Long> lastArrivals = new TreeMap<>();

  private FaultedProcess(
      LogicalProcess process, int id, MachineMap map, MachineSetup setup, StrikeLog log) {
    super(process);
    this.id = id;
    this.map = map;
    this.log = log;
    for (Fault.OfMachine fault : setup.faults()) {
      if (fault instanceof Fault.SlowLink slow && canSend(slow)) {
        var random = TriggerState.randomOf(setup.seed(), fault.number(), id);
        links.add(new Slow(slow, new TriggerState(fault.trigger(), map.board(), random)));
      }
    }
  }

  /**
   * @param log in which the process itself notes what struck it
   * @param tells whether processes that are no CPUs tell of faults, struck or not
   */
  public static LogicalProcess of(
      LogicalProcess process,
      int id,
      MachineMap map,
      MachineSetup setup,
      StrikeLog log,
      boolean tells) {
    FaultedProcess faulted = new FaultedProcess(process, id, map, setup, log);
    boolean isCpu = map.kindOf(id) == MachineMap.Kind.CPU;
    return faulted.links.isEmpty() && (isCpu || !tells) ? process : faulted;
  }

  private boolean canSend(Fault.SlowLink slow) {
    return slow.from().holds(map, id) || !slow.oneWay() && slow.to().holds(map, id);
  }

  private boolean isOn(Fault.SlowLink slow, int target) {
    return slow.from().holds(map, id) && slow.to().holds(map, target)
        || !slow.oneWay() && slow.to().holds(map, id) && slow.from().holds(map, target);
  }

  @Override
  protected Outbox around(Outbox outbox) {
    return (target, arrivalCycle, message) -> {
      long leaves = arrivalCycle - map.latencyCycles(id, target);
      long arrives = arrivalCycle;
      for (Slow one : links) {
        if (isOn(one.fault(), target) && one.state().strikes(leaves)) {
          log.add(one.fault().number(), id, target, "messages", leaves);
          arrives += map.board().cycleAt(one.fault().byNanos());
        }
      }
      Long last = lastArrivals.get(target);
      if (arrives > arrivalCycle || last != null) {
        arrives = last == null ? arrives : Math.max(arrives, last);
        lastArrivals.put(target, arrives);
      }
      outbox.send(target, arrives, message);
    };
  }

  @Override
  public Report inspect(long cycle) {
    Report report = super.inspect(cycle);
    boolean tellsItself = map.kindOf(id) == MachineMap.Kind.CPU;
    return tellsItself ? report : new StruckReport(log.strikes(), report);
  }

  @Override
  public void foldState(StateHash hash) {
    super.foldState(hash);
    links.forEach(one -> one.state().foldState(hash));
    if (map.kindOf(id) != MachineMap.Kind.CPU) {
      log.foldState(hash);
    }
  }
}
