package stillpoint.kernel.system;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import stillpoint.kernel.cpu.CpuReport;
import stillpoint.kernel.fault.Fault;
import stillpoint.kernel.fault.FaultKind;
import stillpoint.kernel.fault.FaultText;
import stillpoint.kernel.fault.Strike;
import stillpoint.kernel.report.RunReport;
import stillpoint.kernel.watch.Detector;
import stillpoint.kernel.watch.LockupLine;
import stillpoint.machine.interconnect.MachineMap;

/** What the report says of faults: what each did, and which detectors spoke because of one. */
final class FaultReport {
  private final Shared shared;
  private final MachineMap map;
  private final List<Strike> strikes;

  /**
   * @param strikes of all processes
   */
  FaultReport(Shared shared, List<Strike> strikes) {
    this.shared = shared;
    this.map = shared.map();
    this.strikes = strikes;
  }

  List<RunReport.Fault> all() {
    return shared.setup().faults().stream().map(this::one).toList();
  }

  private RunReport.Fault one(Fault.OfMachine fault) {
    List<RunReport.FaultStrike> own =
        strikes.stream()
            .filter(strike -> strike.number() == fault.number())
            .sorted(
                Comparator.comparingLong(Strike::firstCycle)
                    .thenComparingInt(Strike::process)
                    .thenComparingInt(Strike::peer))
            .map(this::told)
            .toList();
    return new RunReport.Fault(
        fault.number(),
        fault.kind().text(),
        FaultText.of(fault, map.cpuCount()),
        own.stream().mapToLong(RunReport.FaultStrike::count).sum(),
        own);
  }

  private RunReport.FaultStrike told(Strike strike) {
    boolean ipi = strike.what().endsWith(" IPI");
    String peer =
        strike.peer() == Strike.NOBODY ? "" : (ipi ? " of " : " to ") + map.nameOf(strike.peer());
    return new RunReport.FaultStrike(
        map.nameOf(strike.process()),
        map.kindOf(strike.process()) == MachineMap.Kind.CPU ? strike.process() : -1,
        strike.what() + peer,
        nanos(strike.firstCycle()),
        nanos(strike.lastCycle()),
        strike.count());
  }

  /**
   * The fault behind what a detector said: a clock that it read was skewed by then. RCU compares times of several CPUs, the
   * others those of their own; the hard lockup watchdog reads no clock, but finds a core that stands still.
   */
  int behind(LockupLine line, int cpu) {
    FaultKind kind =
        line.detector() == Detector.HARD_LOCKUP ? FaultKind.CPU_FROZEN : FaultKind.CLOCK_SKEW;
    return shared.setup().faults().stream()
        .filter(fault -> fault.kind() == kind)
        .filter(
            fault ->
                strikes.stream()
                    .filter(strike -> strike.number() == fault.number())
                    .filter(strike -> strike.firstCycle() <= line.cycle())
                    .anyMatch(
                        strike -> strike.process() == cpu || line.detector() == Detector.RCU_STALL))
        .mapToInt(Fault::number)
        .findFirst()
        .orElse(RunReport.WaitEdge.NO_FAULT);
  }

  /** A supervisor sees from outside that a CPU with work to do has stopped for ever; the guest cannot. */
  Optional<RunReport.Lockup> supervisor(CpuReport cpu) {
    return cpu.activity()
        .halted()
        .filter(_ -> !cpu.activity().idle())
        .map(
            halted ->
                new RunReport.Lockup(
                    "supervisor",
                    cpu.cpu(),
                    nanos(halted.sinceCycle()),
                    "supervisor: CPU "
                        + cpu.cpu()
                        + " has work to do and stands still for ever: frozen by fault "
                        + halted.fault(),
                    halted.fault()));
  }

  private long nanos(long cycle) {
    return map.board().nanosAt(cycle);
  }
}
