package stillpoint.kernel.testmod;

import java.util.List;
import java.util.Optional;
import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.ftrace.CallSites;
import stillpoint.kernel.ftrace.CallSites.CallSite;
import stillpoint.machine.coherence.AccessKind;

/**
 * The words of guest text that test modules rewrite: the first traced functions' call sites, which are nops with an empty
 * delay slot while the tracer is off. What is put there does the same as a nop, so that the guest's results do not change.
 */
public final class TestSites {
  /** {@code beq zero,zero,.+8}: runs its delay slot and goes on behind it. */
  static final int BRANCH_OVER = 0x1000_0001;

  /** A static key has few sites. */
  private static final int COUNT = 24;

  private TestSites() {}

  /**
   * Whether its sites may be rewritten, of which the function tracer does not know: not while that is on. Under the text mutex.
   * The step goes on as {@code free}, or as {@code busy}.
   */
  static Step ifNotTraced(KernelCpu cpu, Frame free, Frame busy) {
    long tracer = cpu.memory().currentTracer();
    if (cpu.lacks(AccessKind.LOAD, tracer)) {
      return Step.stall(AccessKind.LOAD, tracer);
    }
    return Step.next(cpu.load(tracer) == 0 ? free : busy, Costs.FEW);
  }

  /** Whether a program's sites are of the kind that can be rewritten here: one word, off a nop. */
  public static boolean fit(CallSites sites) {
    return sites.sites().stream().limit(COUNT).allMatch(site -> site.form() == CallSites.Form.CALL);
  }

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
