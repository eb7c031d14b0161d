package stillpoint.kernel.config;

import stillpoint.machine.elf.ElfImage;
import stillpoint.machine.interrupt.CpuSet;

/**
 * The guest program.
 *
 * @param elfPath as the scenario names it
 * @param image its content
 * @param runOn CPUs that run it, a kernel thread each; the others idle
 */
public record GuestConfig(String elfPath, ElfImage image, CpuSet runOn) {}
