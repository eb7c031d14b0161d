package stillpoint.clusterconfig;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import stillpoint.kernel.fault.Fault;
import stillpoint.kernel.system.MachineSetup;

/**
 * A scenario, read and checked.
 *
 * @param name the file's name without {@code .conf}
 * @param about one sentence
 * @param variant of the kernel, as the scenario names it
 * @param setup all that the run depends on
 * @param expect what should come out
 * @param effective the whole scenario with every default and override, as a text that this reader
 *     reads to the same setup
 * @param notes what an override moved or cut, a line each
 * @param hostFaults what is done to the hosts of a run over several nodes; changes no result
 */
public record Scenario(
    String name,
    String about,
    String variant,
    MachineSetup setup,
    Optional<Expectation> expect,
    String effective,
    List<String> notes,
    List<Fault.OfHost> hostFaults) {
  public Scenario {
    notes = List.copyOf(notes);
    hostFaults = List.copyOf(hostFaults);
  }

  /** The same with another setup; its text says so. What it expected of the other one is left out. */
  public Scenario with(MachineSetup other) {
    List<Fault> faults =
        Stream.concat(other.faults().stream(), hostFaults.stream())
            .sorted(Comparator.comparingInt(Fault::number))
            .toList();
    return new Scenario(
        name,
        about,
        variant,
        other,
        Optional.empty(),
        EffectiveText.of(about, variant, other, faults, Optional.empty()),
        notes,
        hostFaults);
  }
}
