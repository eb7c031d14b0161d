package stillpoint.kernel.testmod;

import java.util.List;
import java.util.Optional;
import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.ftrace.CallSites.CallSite;
import stillpoint.machine.coherence.AccessKind;

/**
 * The words of guest text that test modules rewrite: the first traced functions' call sites, which are nops with an empty
 * delay slot while the tracer is off. What is put there does the same as a nop, so that the guest's results do not change.
 */
final class TestSites {
  /** {@code beq zero,zero,.+8}: runs its delay slot and goes on behind it. */
  static final int BRANCH_OVER = 0x1000_0001;

  /** A static key has few sites. */
  private static final int COUNT = 24;

  private TestSites() {}

  /** Empty behind the last one. */
  static Optional<Long> physical(KernelCpu cpu, int index) {
    List<CallSite> all = cpu.sites().sites();
    return index < Math.min(COUNT, all.size())
        ? Optional.of(all.get(index).ipPhysical())
        : Optional.empty();
  }

  /** Stores a word of text, then goes on as {@code after}. */
  static Step store(KernelCpu cpu, long physical, int word, Frame after) {
    if (cpu.lacks(AccessKind.STORE, physical)) {
      return Step.stall(AccessKind.STORE, physical);
    }
    cpu.patchText(physical, word);
    return Step.next(after, Costs.FTRACE_RECORD);
  }
}
