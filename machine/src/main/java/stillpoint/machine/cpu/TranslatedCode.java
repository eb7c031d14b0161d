package stillpoint.machine.cpu;

import stillpoint.machine.isa.Outcome;

/**
 * A {@link Region} as code of the JVM; its subclasses are written by {@link RegionWriter} while the
 * machine runs.
 */
abstract class TranslatedCode {
  /**
   * Executes from the region's entry on, where the core must be, with every line of the region in
   * the instruction cache. Stops before a block that would end after {@code untilCycle}, and
   * wherever the region ends; then pc, cycle and delay slot are as the interpreter would have left
   * them before the instruction at pc.
   *
   * @return null, or what stopped the instruction at pc
   */
  abstract Outcome run(Core core, long untilCycle);
}
