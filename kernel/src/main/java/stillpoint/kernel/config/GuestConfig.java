package stillpoint.kernel.config;

import java.util.List;
import java.util.Optional;
import stillpoint.machine.elf.ElfImage;
import stillpoint.machine.interrupt.CpuSet;

/**
 * The guest program.
 *
 * @param elfPath as the scenario names it
 * @param image its content
 * @param runOn CPUs that run it, a kernel thread each; the others idle
 * @param readOnlyText functions whose call sites lie on pages that cannot be stored to
 * @param startSeed decides when each CPU starts; if empty, the run's seed does
 */
public record GuestConfig(
    String elfPath,
    ElfImage image,
    CpuSet runOn,
    List<String> readOnlyText,
    Optional<Long> startSeed) {
  /** Each CPU starts within this time, as seed decides. */
  public static final long START_SKEW_MOST_NANOS = 2000;

  public GuestConfig {
    readOnlyText = List.copyOf(readOnlyText);
  }

  /** A guest whose text can all be stored to. */
  public GuestConfig(String elfPath, ElfImage image, CpuSet runOn) {
    this(elfPath, image, runOn, List.of(), Optional.empty());
  }

  /** The same on other CPUs. */
  public GuestConfig on(CpuSet others) {
    return new GuestConfig(elfPath, image, others, readOnlyText, startSeed);
  }

  /** The same, started as with this seed, whatever the run's. */
  public GuestConfig startedBy(long seed) {
    return new GuestConfig(elfPath, image, runOn, readOnlyText, Optional.of(seed));
  }
}
