package stillpoint.kernel.cpu;

import java.util.Optional;
import stillpoint.kernel.wait.Wait;

/**
 * A function of the guest's kernel while it is being executed: an activation record. The frames of a task, innermost
 * first, are its symbolic stack.
 *
 * <p>Implementations are records whose components are numbers, enums, strings, {@link
 * stillpoint.machine.interrupt.CpuSet}s and other such records, so that a frame prints, compares, hashes (by what it prints)
 * and goes into a checkpoint. One of the components says where in the function execution is.
 *
 * <p>{@link #step} does the next piece of work. A piece makes its memory accesses first: if a line is missing it returns
 * {@link Step.Stall} <i>before it changed anything</i>, and is called again, equal, when the line is there.
 */
public interface Frame {
  /** The kernel's symbol for it, for instance {@code multi_cpu_stop}. */
  String function();

  /** Does the next piece of work at {@link KernelCpu#cycle()}. */
  Step step(KernelCpu cpu);

  /** Cycle up to which this activation is at one piece of work that ends by itself; 0 if it is at none longer than a step. */
  default long busyUntilCycle() {
    return 0;
  }

  /**
   * What this activation waits for if its innermost callee or itself spins; asked at the moment it begins to spin, when
   * the line that it spins on can be read. Frames that never wait for another CPU leave it empty.
   */
  default Optional<Wait> waitsFor(KernelCpu cpu) {
    return Optional.empty();
  }
}
