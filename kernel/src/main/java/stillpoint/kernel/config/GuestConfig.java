package stillpoint.kernel.config;

import java.util.List;
import stillpoint.machine.elf.ElfImage;
import stillpoint.machine.interrupt.CpuSet;

/**
 * The guest program.
 *
 * @param elfPath as the scenario names it
 * @param image its content
 * @param runOn CPUs that run it, a kernel thread each; the others idle
 * @param readOnlyText functions whose call sites lie on pages that cannot be stored to
 */
public record GuestConfig(String elfPath, ElfImage image, CpuSet runOn, List<String> readOnlyText) {
  public GuestConfig {
    readOnlyText = List.copyOf(readOnlyText);
  }

  /** A guest whose text can all be stored to. */
  public GuestConfig(String elfPath, ElfImage image, CpuSet runOn) {
    this(elfPath, image, runOn, List.of());
  }
}
