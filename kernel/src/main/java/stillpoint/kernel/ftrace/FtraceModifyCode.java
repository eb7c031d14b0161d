package stillpoint.kernel.ftrace;

import stillpoint.kernel.config.KernelConfig.FtraceUpdate;
import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.flush.FlushIcache;
import stillpoint.machine.coherence.AccessKind;

/**
 * Rewrites a word of text, or two neighbours one after the other, then flushes them out of the instruction caches, unless
 * that is put off until after the whole update. Returns 0, or {@link #EFAULT} if the text cannot be stored to. Under
 * {@code irqsave} it all happens with the own irqs off; each word by itself, so that no tick is lost in a long update.
 *
 * @param physical of the first word
 * @param words 1 or 2
 * @param second new second word, if there are two
 * @param irqsWereOn how to leave under {@code irqsave}
 */
public record FtraceModifyCode(
    At at, long physical, int words, int first, int second, boolean irqsWereOn) implements Frame {
  /** The store faulted. */
  public static final long EFAULT = -14;

  /** Each patch flushes the word at its address and the one after it. */
  private static final long FLUSH_BYTES = 2L * Integer.BYTES;

  /** Where execution is. */
  public enum At {
    IRQ_SAVE,
    STORE,
    STORE_SECOND,
    FLUSH,
    IRQ_RESTORE,
    LEAVE
  }

  static Frame call(KernelCpu cpu, long physical, int newWord) {
    return new FtraceModifyCode(begin(cpu), physical, 1, newWord, 0, true);
  }

  /** ftrace_modify_code_2: two neighbouring words, one flush. */
  static Frame callTwo(KernelCpu cpu, long physical, int first, int second) {
    return new FtraceModifyCode(begin(cpu), physical, 2, first, second, true);
  }

  private static At begin(KernelCpu cpu) {
    return cpu.config().ftraceUpdate() == FtraceUpdate.IRQSAVE ? At.IRQ_SAVE : At.STORE;
  }

  @Override
  public String function() {
    return words == 1 ? "ftrace_modify_code" : "ftrace_modify_code_2";
  }

  @Override
  public Step step(KernelCpu cpu) {
    return switch (at) {
      case IRQ_SAVE -> {
        boolean wereOn = cpu.irqsOn();
        cpu.irqsOff();
        yield Step.next(
            new FtraceModifyCode(At.STORE, physical, words, first, second, wereOn), Costs.FEW);
      }
      case STORE -> store(cpu, physical, first, words == 2 ? At.STORE_SECOND : stored(cpu));
      case STORE_SECOND -> store(cpu, physical + Integer.BYTES, second, stored(cpu));
      case FLUSH ->
          Step.call(
              to(leave(cpu)), FlushIcache.range(cpu.config(), physical, FLUSH_BYTES), Costs.CALL);
      case IRQ_RESTORE -> {
        cpu.irqsOn(irqsWereOn);
        yield Step.next(to(At.LEAVE), Costs.FEW);
      }
      case LEAVE -> Step.done(Costs.FEW);
    };
  }

  private Step store(KernelCpu cpu, long word, int value, At then) {
    if (cpu.isReadOnlyText(word)) {
      return faulted(cpu);
    }
    if (cpu.lacks(AccessKind.STORE, word)) {
      return Step.stall(AccessKind.STORE, word);
    }
    if (cpu.storeFaults(word)) {
      return faulted(cpu);
    }
    cpu.patchText(word, value);
    return Step.next(to(then), Costs.FEW);
  }

  /** The exception table takes the fault; nothing was written. */
  private Step faulted(KernelCpu cpu) {
    if (leave(cpu) == At.IRQ_RESTORE) {
      cpu.irqsOn(irqsWereOn);
    }
    return Step.done(EFAULT, Costs.IRQ_ENTRY);
  }

  private At stored(KernelCpu cpu) {
    return cpu.config().delayedFlush() ? leave(cpu) : At.FLUSH;
  }

  private static At leave(KernelCpu cpu) {
    return begin(cpu) == At.IRQ_SAVE ? At.IRQ_RESTORE : At.LEAVE;
  }

  private FtraceModifyCode to(At where) {
    return new FtraceModifyCode(where, physical, words, first, second, irqsWereOn);
  }
}
