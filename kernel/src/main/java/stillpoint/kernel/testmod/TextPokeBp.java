package stillpoint.kernel.testmod;

import java.util.Optional;
import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.flush.FlushIcache;
import stillpoint.kernel.locking.KernelLock;
import stillpoint.kernel.locking.MutexLock;
import stillpoint.kernel.locking.MutexUnlock;
import stillpoint.kernel.shell.CommandStatus;

/**
 * Rewrites sites of two words while everybody runs on: a trap into the first word of each, then the second word, then the
 * first one for good. After each of the three, all CPUs synchronise: they drop their instruction caches and this one waits
 * for them. So nobody ever executes a first word of one kind and a second one of the other; who runs into a trap gets a
 * breakpoint exception, and the kernel does what the site does.
 *
 * @param synchronise whether they do
 * @param next index of the site that execution is at
 */
public record TextPokeBp(At at, boolean synchronise, int next) implements Frame {
  /** Code field of the trap word: what the exception handler knows it by. */
  public static final int BREAK_CODE = 0x2B0;

  private static final int BREAK = 0x0000_000D;
  private static final int CODE_SHIFT = 6;
  private static final int TRAP_WORD = BREAK | BREAK_CODE << CODE_SHIFT;

  /** {@code ssnop}: does nothing in the delay slot either. */
  private static final int SECOND_WORD = 0x0000_0040;

  /** Where execution is. */
  public enum At {
    LOCK,
    CHECK,
    TRAPS,
    TRAPS_SEEN,
    SECOND_WORDS,
    SECOND_WORDS_SEEN,
    FIRST_WORDS,
    FIRST_WORDS_SEEN,
    UNLOCK,
    LEAVE,
    UNLOCK_BUSY,
    LEAVE_BUSY
  }

  public static Frame call(boolean synchronise) {
    return new TextPokeBp(At.LOCK, synchronise, 0);
  }

  @Override
  public String function() {
    return "text_poke_bp_batch";
  }

  @Override
  public Step step(KernelCpu cpu) {
    KernelLock mutex = MutexLock.textMutex(cpu.memory());
    return switch (at) {
      case LOCK -> Step.call(to(At.CHECK, 0), new MutexLock(mutex), Costs.CALL);
      case CHECK -> TestSites.ifNotTraced(cpu, to(At.TRAPS, 0), to(At.UNLOCK_BUSY, 0));
      case TRAPS -> store(cpu, 0, TRAP_WORD, At.TRAPS_SEEN);
      case TRAPS_SEEN -> synchronised(At.SECOND_WORDS);
      case SECOND_WORDS -> store(cpu, Integer.BYTES, SECOND_WORD, At.SECOND_WORDS_SEEN);
      case SECOND_WORDS_SEEN -> synchronised(At.FIRST_WORDS);
      case FIRST_WORDS -> store(cpu, 0, TestSites.BRANCH_OVER, At.FIRST_WORDS_SEEN);
      case FIRST_WORDS_SEEN -> synchronised(At.UNLOCK);
      case UNLOCK -> Step.call(to(At.LEAVE, 0), new MutexUnlock(mutex), Costs.CALL);
      case LEAVE -> Step.done(Costs.CALL);
      case UNLOCK_BUSY -> Step.call(to(At.LEAVE_BUSY, 0), new MutexUnlock(mutex), Costs.CALL);
      case LEAVE_BUSY -> Step.done(CommandStatus.BUSY, Costs.CALL);
    };
  }

  private Step store(KernelCpu cpu, int offset, int word, At then) {
    Optional<Long> site = TestSites.physical(cpu, next);
    return site.isEmpty()
        ? Step.next(to(then, 0), Costs.FEW)
        : TestSites.store(cpu, site.get() + offset, word, to(at, next + 1));
  }

  private Step synchronised(At then) {
    return synchronise
        ? Step.call(to(then, 0), FlushIcache.onEachCpu(), Costs.CALL)
        : Step.next(to(then, 0), Costs.FEW);
  }

  private Frame to(At where, int site) {
    return new TextPokeBp(where, synchronise, site);
  }
}
