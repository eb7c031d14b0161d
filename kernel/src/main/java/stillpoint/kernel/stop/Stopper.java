package stillpoint.kernel.stop;

import java.util.Optional;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.StoreKind;
import stillpoint.kernel.locking.KernelLock;
import stillpoint.kernel.mm.KernelMemory;
import stillpoint.kernel.wait.Wait;
import stillpoint.machine.coherence.AccessKind;

/**
 * {@code struct cpu_stopper} of a CPU: one line with its list of works, first in first out, its lock, and whether it is
 * enabled. Whoever may write the line may change all of it at once; callers have checked that it is not lacking.
 */
final class Stopper {
  /** Works of the list, 32 bits each, the oldest lowest. */
  private static final int WORK_BITS = 32;

  private static final long WORK_MASK = (1L << WORK_BITS) - 1;
  private static final int SECOND_WORD = 8;
  private static final int LOCK = 16;

  /** 0 enabled, as it is from reset on. */
  private static final int DISABLED = 24;

  private Stopper() {}

  static KernelLock lock(KernelMemory memory, int cpu) {
    return new KernelLock("stopper.lock of CPU " + cpu, memory.stopperWork(cpu) + LOCK);
  }

  static boolean isFree(KernelCpu cpu, long line) {
    return cpu.load(line + LOCK) == 0;
  }

  /** Whom a CPU waits for that spins on the lock. */
  static Optional<Wait> waitForLock(KernelCpu cpu, String in, int of) {
    KernelLock lock = lock(cpu.memory(), of);
    if (cpu.lacks(AccessKind.LOAD, lock.address()) || cpu.load(lock.address()) == 0) {
      return Optional.empty();
    }
    int owner = (int) cpu.load(lock.address()) - 1;
    return Optional.of(new Wait.SpinLock(in, lock.name(), owner));
  }

  static boolean isEnabled(KernelCpu cpu, long line) {
    return cpu.load(line + DISABLED) == 0;
  }

  static void enable(KernelCpu cpu, long line, boolean enabled) {
    cpu.store(StoreKind.PLAIN, line + DISABLED, enabled ? 0 : 1);
  }

  static boolean hasRoom(KernelCpu cpu, long line) {
    return cpu.load(line + SECOND_WORD) >>> WORK_BITS == 0;
  }

  static void add(KernelCpu cpu, long line, StopCall call) {
    long word = line;
    long works = cpu.load(word);
    if (works >>> WORK_BITS != 0) {
      word = line + SECOND_WORD;
      works = cpu.load(word);
    }
    boolean empty = (works & WORK_MASK) == 0;
    cpu.store(word, empty ? call.word() : works | call.word() << WORK_BITS);
  }

  /** Takes the oldest work off the list; 0 if there is none. */
  static long take(KernelCpu cpu, long line) {
    long first = cpu.load(line);
    long second = cpu.load(line + SECOND_WORD);
    if (first != 0) {
      cpu.store(line, first >>> WORK_BITS | (second & WORK_MASK) << WORK_BITS);
      cpu.store(line + SECOND_WORD, second >>> WORK_BITS);
    }
    return first & WORK_MASK;
  }
}
