package stillpoint.kernel.hotplug;

import java.util.BitSet;
import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.mm.KernelMemory;
import stillpoint.machine.coherence.AccessKind;
import stillpoint.machine.interrupt.CpuSet;

/**
 * Reads {@code cpu_online_mask}; the caller then finds it as {@link KernelCpu#online()}. The mask is words of 64 CPUs in
 * memory, and beside them a word that counts its changes: while that is what this CPU saw last, its view is the mask, as
 * lines would be that nobody has taken from its cache.
 *
 * <p>Whoever goes on to ask those CPUs for something keeps preemption off until it has asked: a CPU goes offline inside
 * stop_machine only, which needs the stopper here.
 *
 * @param generation the count with which the reading began
 * @param word the word that is next
 * @param offline CPUs in the words read so far that are offline
 */
public record ReadOnlineMask(At at, long generation, int word, CpuSet offline) implements Frame {
  /** Where execution is. */
  public enum At {
    COUNT,
    WORDS
  }

  public static Frame call() {
    return new ReadOnlineMask(At.COUNT, 0, 0, CpuSet.empty());
  }

  @Override
  public String function() {
    return "cpumask_copy";
  }

  @Override
  public Step step(KernelCpu cpu) {
    return switch (at) {
      case COUNT -> {
        long count = cpu.memory().onlineGeneration();
        if (cpu.lacks(AccessKind.LOAD, count)) {
          yield Step.stall(AccessKind.LOAD, count);
        }
        long now = cpu.load(count);
        yield now == cpu.onlineGeneration()
            ? Step.done(Costs.FEW)
            : Step.next(new ReadOnlineMask(At.WORDS, now, 0, CpuSet.empty()), Costs.FEW);
      }
      case WORDS -> readWord(cpu);
    };
  }

  private Step readWord(KernelCpu cpu) {
    long address = cpu.memory().offlineMask(word * KernelMemory.CPUS_PER_WORD);
    if (cpu.lacks(AccessKind.LOAD, address)) {
      return Step.stall(AccessKind.LOAD, address);
    }
    BitSet so = offline.toBitSet();
    long bits = cpu.load(address);
    for (; bits != 0; bits &= bits - 1) {
      so.set(word * KernelMemory.CPUS_PER_WORD + Long.numberOfTrailingZeros(bits));
    }
    CpuSet found = CpuSet.of(so);
    if ((word + 1) * KernelMemory.CPUS_PER_WORD < cpu.possible().size()) {
      return Step.next(new ReadOnlineMask(at, generation, word + 1, found), Costs.FEW);
    }
    BitSet online = cpu.possible().toBitSet();
    online.andNot(so);
    cpu.sawOnline(generation, CpuSet.of(online));
    return Step.done(Costs.FEW);
  }
}
