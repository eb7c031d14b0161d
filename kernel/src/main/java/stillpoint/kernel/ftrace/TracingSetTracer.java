package stillpoint.kernel.ftrace;

import java.util.Optional;
import java.util.function.LongFunction;
import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.cpu.StoreKind;
import stillpoint.kernel.stop.StopWork;
import stillpoint.kernel.wait.Wait;
import stillpoint.machine.coherence.AccessKind;

/**
 * A write to {@code current_tracer}: takes the mutex of the trace core and rewrites the text if the tracer really changes.
 * Call sites that are still as compiled are made nops first. A tracer that has disabled itself changes nothing.
 */
public record TracingSetTracer(At at, boolean enable) implements Frame {
  /** Where execution is. */
  public enum At {
    LOCK,
    CHECK_DISABLED,
    COMPARE,
    CHECK_CONVERTED,
    CONVERT,
    CONVERTED,
    CHECK_FAULT,
    UPDATE,
    REMEMBER,
    UNLOCK,
    LEAVE
  }

  public static Frame call(boolean enable) {
    return new TracingSetTracer(At.LOCK, enable);
  }

  @Override
  public String function() {
    return "tracing_set_tracer";
  }

  @Override
  public Step step(KernelCpu cpu) {
    return switch (at) {
      case LOCK -> lock(cpu);
      case CHECK_DISABLED ->
          branchOn(
              cpu, cpu.memory().ftraceDisabled(), value -> value != 0 ? At.UNLOCK : At.COMPARE);
      case COMPARE ->
          branchOn(
              cpu,
              cpu.memory().currentTracer(),
              value -> (value != 0) == enable ? At.UNLOCK : firstUpdate(cpu));
      case CHECK_CONVERTED ->
          branchOn(cpu, cpu.memory().textConverted(), value -> value != 0 ? At.UPDATE : At.CONVERT);
      case CONVERT ->
          Step.call(
              to(At.CONVERTED), FtraceRunUpdateCode.call(StopWork.FTRACE_CONVERT), Costs.CALL);
      case CONVERTED -> set(cpu, StoreKind.PLAIN, cpu.memory().textConverted(), 1, At.CHECK_FAULT);
      case CHECK_FAULT ->
          branchOn(cpu, cpu.memory().ftraceDisabled(), value -> value != 0 ? At.UNLOCK : At.UPDATE);
      case UPDATE -> {
        StopWork work = enable ? StopWork.FTRACE_ENABLE : StopWork.FTRACE_DISABLE;
        yield Step.call(to(At.REMEMBER), FtraceRunUpdateCode.call(work), Costs.CALL);
      }
      case REMEMBER ->
          set(cpu, StoreKind.PLAIN, cpu.memory().currentTracer(), enable ? 1 : 0, At.UNLOCK);
      case UNLOCK -> set(cpu, StoreKind.ORDERED, cpu.memory().traceTypesLock(), 0, At.LEAVE);
      case LEAVE -> Step.done(Costs.CALL);
    };
  }

  private static At firstUpdate(KernelCpu cpu) {
    return cpu.config().ftrace().convertAtBoot() ? At.UPDATE : At.CHECK_CONVERTED;
  }

  private Step branchOn(KernelCpu cpu, long variable, LongFunction<At> where) {
    if (cpu.lacks(AccessKind.LOAD, variable)) {
      return Step.stall(AccessKind.LOAD, variable);
    }
    return Step.next(to(where.apply(cpu.load(variable))), Costs.FEW);
  }

  /**
   * The lock's word holds the owner's CPU plus 1. A contender spins while the owner has it, but gives way to its stopper
   * in any kernel, as mutexes do: the owner may be waiting for that very stopper.
   */
  private Step lock(KernelCpu cpu) {
    long lock = cpu.memory().traceTypesLock();
    if (cpu.lacks(AccessKind.STORE, lock)) {
      return Step.stall(AccessKind.STORE, lock);
    }
    if (cpu.load(lock) != 0) {
      return cpu.needResched() ? new Step.CondResched(this, Costs.FEW) : new Step.Spin(lock);
    }
    cpu.store(lock, cpu.cpu() + 1L);
    return Step.next(to(At.CHECK_DISABLED), Costs.FEW);
  }

  private Step set(KernelCpu cpu, StoreKind kind, long variable, long value, At then) {
    if (cpu.lacks(kind, variable)) {
      return Step.stall(kind, variable);
    }
    cpu.store(kind, variable, value);
    return Step.next(to(then), Costs.FEW);
  }

  private TracingSetTracer to(At where) {
    return new TracingSetTracer(where, enable);
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
