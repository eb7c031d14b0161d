package stillpoint.kernel.ftrace;

import java.util.List;
import java.util.Optional;
import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.cpu.StoreKind;
import stillpoint.kernel.shell.CommandStatus;
import stillpoint.kernel.stop.StopWork;
import stillpoint.kernel.wait.Wait;
import stillpoint.machine.coherence.AccessKind;

/**
 * A write to {@code set_ftrace_filter}: marks the records of the named functions, and if the function tracer is on,
 * rewrites those call sites that have to change. A name that means no function ends the write with -EINVAL; what came
 * before it has taken effect, as has the emptying of the file by {@code >}.
 *
 * <p>It holds {@code trace_types_lock} from end to end. Linux has a lock of its own for the records and takes both only
 * to rewrite; nothing but the time that a second writer waits depends on it.
 *
 * @param names all that were written
 * @param next index of the word of flags that execution is at
 * @param named whether a function is in the filter, as far as the words have been gone through
 */
public record FtraceRegexWrite(At at, List<String> names, boolean append, int next, boolean named)
    implements Frame {
  /** Where execution is. */
  public enum At {
    LOCK,
    MARK,
    IN_USE,
    COMPARE,
    UNLOCK
  }

  public static Frame call(List<String> names, boolean append) {
    return new FtraceRegexWrite(At.LOCK, names, append, 0, false);
  }

  @Override
  public String function() {
    return "ftrace_regex_write";
  }

  @Override
  public Step step(KernelCpu cpu) {
    return switch (at) {
      case LOCK -> lock(cpu);
      case MARK -> mark(cpu);
      case IN_USE -> inUse(cpu);
      case COMPARE -> {
        long current = cpu.memory().currentTracer();
        if (cpu.lacks(AccessKind.LOAD, current)) {
          yield Step.stall(AccessKind.LOAD, current);
        }
        yield cpu.load(current) == 0
            ? Step.next(to(At.UNLOCK), Costs.FEW)
            : Step.call(
                to(At.UNLOCK), FtraceRunUpdateCode.call(StopWork.FTRACE_UPDATE_CALLS), Costs.CALL);
      }
      case UNLOCK -> {
        long lock = cpu.memory().traceTypesLock();
        if (cpu.lacks(AccessKind.STORE, lock)) {
          yield Step.stall(AccessKind.STORE, lock);
        }
        cpu.store(lock, 0);
        boolean allKnown = FtraceFilter.known(cpu.sites(), names).size() == names.size();
        yield Step.done(allKnown ? CommandStatus.OK : CommandStatus.INVALID_ARGUMENT, Costs.CALL);
      }
    };
  }

  /** As {@link TracingSetTracer}: a contender spins while the owner has it, but gives way to its stopper. */
  private Step lock(KernelCpu cpu) {
    long lock = cpu.memory().traceTypesLock();
    if (cpu.lacks(AccessKind.STORE, lock)) {
      return Step.stall(AccessKind.STORE, lock);
    }
    if (cpu.load(lock) != 0) {
      return cpu.needResched() ? new Step.CondResched(this, Costs.FEW) : new Step.Spin(lock);
    }
    cpu.store(lock, cpu.cpu() + 1L);
    return Step.next(to(At.MARK), Costs.FEW);
  }

  private Step mark(KernelCpu cpu) {
    CallSites sites = cpu.sites();
    if (next == FtraceFilter.words(sites)) {
      return Step.next(to(At.IN_USE), Costs.FEW);
    }
    long flags = cpu.memory().ftraceFlags(next);
    if (cpu.lacksUpdate(StoreKind.PLAIN, flags)) {
      return Step.stall(StoreKind.PLAIN, flags);
    }
    List<String> known = FtraceFilter.known(sites, names);
    long word = FtraceFilter.withFilter(cpu.load(flags), sites, next, known, append);
    cpu.store(StoreKind.PLAIN, flags, word);
    return Step.next(
        new FtraceRegexWrite(
            At.MARK, names, append, next + 1, named || FtraceFilter.hasFilter(word)),
        Costs.FEW * FtraceFilter.SITES_A_WORD);
  }

  /** An empty filter means every function. */
  private Step inUse(KernelCpu cpu) {
    long inUse = cpu.memory().ftraceFilterInUse();
    if (cpu.lacks(StoreKind.PLAIN, inUse)) {
      return Step.stall(StoreKind.PLAIN, inUse);
    }
    cpu.store(StoreKind.PLAIN, inUse, named ? 1 : 0);
    return Step.next(to(At.COMPARE), Costs.FEW);
  }

  private FtraceRegexWrite to(At where) {
    return new FtraceRegexWrite(where, names, append, next, named);
  }

  @Override
  public Optional<Wait> waitsFor(KernelCpu cpu) {
    if (at != At.LOCK) {
      return Optional.empty();
    }
    int owner = (int) cpu.load(cpu.memory().traceTypesLock()) - 1;
    return Optional.of(new Wait.Mutex(function(), "trace_types_lock", owner));
  }
}
