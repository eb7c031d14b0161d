package stillpoint.kernel.ftrace;

import java.util.Optional;
import stillpoint.kernel.config.KernelConfig.FtraceUpdate;
import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.flush.FlushIcache;
import stillpoint.kernel.stop.StopMachine;
import stillpoint.kernel.stop.StopWork;
import stillpoint.kernel.wait.Wait;
import stillpoint.machine.coherence.AccessKind;

/**
 * A write to {@code current_tracer}: takes the mutex of the trace core, rewrites the text by the configured way if the
 * tracer really changes, and flushes afterwards where that was put off.
 */
public record TracingSetTracer(At at, boolean enable) implements Frame {
  /** Where execution is. */
  public enum At {
    LOCK,
    COMPARE,
    UPDATE,
    FLUSH,
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
      case COMPARE -> {
        long current = cpu.memory().currentTracer();
        if (cpu.lacks(AccessKind.LOAD, current)) {
          yield Step.stall(AccessKind.LOAD, current);
        }
        boolean same = (cpu.load(current) != 0) == enable;
        yield Step.next(to(same ? At.UNLOCK : At.UPDATE), Costs.FEW);
      }
      case UPDATE -> {
        At then = cpu.config().delayedFlush() ? At.FLUSH : At.REMEMBER;
        yield Step.call(to(then), update(cpu.config().ftraceUpdate()), Costs.CALL);
      }
      case FLUSH -> Step.call(to(At.REMEMBER), FlushIcache.whole(cpu.config()), Costs.CALL);
      case REMEMBER -> set(cpu, cpu.memory().currentTracer(), enable ? 1 : 0, At.UNLOCK);
      case UNLOCK -> set(cpu, cpu.memory().traceTypesLock(), 0, At.LEAVE);
      case LEAVE -> Step.done(Costs.CALL);
    };
  }

  private Frame update(FtraceUpdate how) {
    return switch (how) {
      case STOP_MACHINE ->
          StopMachine.call(enable ? StopWork.FTRACE_ENABLE : StopWork.FTRACE_DISABLE);
      case DIRECT -> FtraceModifyAllCode.call(enable);
    };
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
    return Step.next(to(At.COMPARE), Costs.FEW);
  }

  private Step set(KernelCpu cpu, long variable, long value, At then) {
    if (cpu.lacks(AccessKind.STORE, variable)) {
      return Step.stall(AccessKind.STORE, variable);
    }
    cpu.store(variable, value);
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
