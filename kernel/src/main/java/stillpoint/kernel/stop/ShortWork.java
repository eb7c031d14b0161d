package stillpoint.kernel.stop;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;

/**
 * A work that takes a moment and changes nothing that this model has.
 *
 * @param function its symbol
 */
record ShortWork(String function) implements Frame {
  @Override
  public Step step(KernelCpu cpu) {
    return Step.done(Costs.CONTEXT_SWITCH);
  }
}
