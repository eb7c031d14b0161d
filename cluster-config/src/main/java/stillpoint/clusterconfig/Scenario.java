package stillpoint.clusterconfig;

import java.util.List;
import java.util.Optional;
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
 */
public record Scenario(
    String name,
    String about,
    String variant,
    MachineSetup setup,
    Optional<Expectation> expect,
    String effective,
    List<String> notes) {
  public Scenario {
    notes = List.copyOf(notes);
  }

  /** The same with another setup; its text says so too. */
  public Scenario with(MachineSetup other) {
    return new Scenario(
        name,
        about,
        variant,
        other,
        expect,
        EffectiveText.of(about, variant, other, expect),
        notes);
  }
}
