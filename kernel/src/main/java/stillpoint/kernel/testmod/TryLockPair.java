package stillpoint.kernel.testmod;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.cpu.StoreKind;
import stillpoint.kernel.mm.ProtocolMemory;
import stillpoint.machine.coherence.AccessKind;

/**
 * Wants two locks, but never waits with one in hand: if the second is taken it undoes what it began, gives the first back, pauses, and begins anew. No
 * deadlock can come of that. But two CPUs that take the locks in opposite orders and pause for equal times can refuse each
 * other for ever: a livelock, in which every CPU is busy and takes its interrupts.
 *
 * @param first which lock it takes first, 0 or 1
 * @param holdNanos how long it has the first one before it tries the second
 */
public record TryLockPair(At at, int first, long holdNanos, long pauseNanos) implements Frame {
  /** Undoing what was begun under the first lock, before it is given back. */
  private static final long CLEAN_UP_NANOS = 5_000;

  /** Where execution is. */
  public enum At {
    FIRST,
    SECOND,
    GIVE_BACK,
    RELEASE_SECOND,
    RELEASE_FIRST,
    LEAVE
  }

  public static Frame call(int first, long holdNanos, long pauseNanos) {
    return new TryLockPair(At.FIRST, first, holdNanos, pauseNanos);
  }

  @Override
  public String function() {
    return "test_trylock_pair";
  }

  @Override
  public Step step(KernelCpu cpu) {
    return switch (at) {
      case FIRST -> tryLock(cpu, first, At.SECOND, holdNanos, At.FIRST);
      case SECOND -> tryLock(cpu, 1 - first, At.RELEASE_SECOND, 0, At.GIVE_BACK);
      case GIVE_BACK -> release(cpu, first, At.FIRST, pauseNanos);
      case RELEASE_SECOND -> release(cpu, 1 - first, At.RELEASE_FIRST, 0);
      case RELEASE_FIRST -> release(cpu, first, At.LEAVE, 0);
      case LEAVE -> Step.done(Costs.CALL);
    };
  }

  /** Takes a lock and goes on as {@code taken} after a while; if another has it, as {@code refused}. */
  private Step tryLock(KernelCpu cpu, int which, At taken, long thenNanos, At refused) {
    long lock = ProtocolMemory.of(cpu.memory()).tryLock(which);
    if (cpu.lacks(AccessKind.STORE, lock)) {
      return Step.stall(AccessKind.STORE, lock);
    }
    if (cpu.load(lock) != 0) {
      return Step.next(to(refused), pause(cpu, refused == At.FIRST ? pauseNanos : CLEAN_UP_NANOS));
    }
    cpu.store(lock, cpu.cpu() + 1L);
    return Step.next(to(taken), pause(cpu, thenNanos));
  }

  private Step release(KernelCpu cpu, int which, At then, long thenNanos) {
    long lock = ProtocolMemory.of(cpu.memory()).tryLock(which);
    if (cpu.lacks(StoreKind.RELEASE, lock)) {
      return Step.stall(StoreKind.RELEASE, lock);
    }
    cpu.store(StoreKind.RELEASE, lock, 0);
    return Step.next(to(then), pause(cpu, thenNanos));
  }

  private static int pause(KernelCpu cpu, long nanos) {
    return Math.toIntExact(Costs.FEW + cpu.cyclesOfNanos(nanos));
  }

  private TryLockPair to(At where) {
    return new TryLockPair(where, first, holdNanos, pauseNanos);
  }
}
