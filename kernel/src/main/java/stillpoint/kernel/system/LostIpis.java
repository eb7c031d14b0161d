package stillpoint.kernel.system;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import stillpoint.kernel.cpu.CpuReport;
import stillpoint.kernel.fault.Fault;
import stillpoint.kernel.fault.FaultKind;
import stillpoint.kernel.fault.Strike;
import stillpoint.kernel.irq.IpiKind;

/** Which fault took an IPI away. */
final class LostIpis {
  private LostIpis() {}

  /**
   * The last time that an IPI of a kind to a CPU was lost by a fault.
   *
   * @param from who sent it, or -1 if that is not known
   */
  static Optional<Strike> strike(
      MachineSetup setup, List<CpuReport> cpus, IpiKind kind, int from, int to) {
    List<Integer> losing =
        setup.faults().stream()
            .filter(fault -> fault.kind() == FaultKind.IPI_LOST)
            .map(Fault::number)
            .toList();
    if (losing.isEmpty()) {
      return Optional.empty();
    }
    Stream<CpuReport> senders = from < 0 ? cpus.stream() : Stream.of(cpus.get(from));
    return senders
        .flatMap(sender -> sender.logs().strikes().stream())
        .filter(strike -> losing.contains(strike.number()) && strike.process() == to)
        .filter(strike -> strike.what().startsWith(kind.text()))
        .max(Comparator.comparingLong(Strike::lastCycle));
  }
}
