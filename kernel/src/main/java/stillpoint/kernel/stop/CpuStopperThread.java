package stillpoint.kernel.stop;

import java.util.Optional;
import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.sched.TaskKind;
import stillpoint.kernel.sched.TryToWakeUp;
import stillpoint.kernel.wait.Wait;
import stillpoint.machine.coherence.AccessKind;

/**
 * The main loop of {@code migration/N}: takes a work from its CPU's list, does it, tells that it is done; sleeps when there
 * is none. The last of all CPUs to be done completes the caller's completion.
 *
 * @param work the work being done, as the word of its {@link StopCall}
 */
public record CpuStopperThread(At at, long work) implements Frame {
  /** Where execution is. */
  public enum At {
    CHECK,
    SIGNAL_DONE,
    COMPLETE,
    WAKE_CALLER
  }

  @Override
  public String function() {
    return "cpu_stopper_thread";
  }

  @Override
  public Step step(KernelCpu cpu) {
    return switch (at) {
      case CHECK -> check(cpu);
      case SIGNAL_DONE -> signalDone(cpu);
      case COMPLETE -> {
        long done = new StopCall(work).done(cpu.memory());
        if (cpu.lacks(AccessKind.STORE, done)) {
          yield Step.stall(AccessKind.STORE, done);
        }
        cpu.store(done, 1);
        yield Step.next(new CpuStopperThread(At.WAKE_CALLER, work), Costs.FEW);
      }
      case WAKE_CALLER -> {
        StopCall call = new StopCall(work);
        if (call.isOfTwo()) {
          yield wake(call.caller());
        }
        long caller = cpu.memory().stopCaller();
        if (cpu.lacks(AccessKind.LOAD, caller)) {
          yield Step.stall(AccessKind.LOAD, caller);
        }
        yield wake((int) cpu.load(caller) - 1);
      }
    };
  }

  private static Step wake(int caller) {
    return Step.call(
        new CpuStopperThread(At.CHECK, 0), new TryToWakeUp(caller, TaskKind.SHELL), Costs.CALL);
  }

  private Step check(KernelCpu cpu) {
    long works = cpu.memory().stopperWork(cpu.cpu());
    if (cpu.lacks(AccessKind.STORE, works)) {
      return Step.stall(AccessKind.STORE, works);
    }
    if (!Stopper.isFree(cpu, works)) {
      return new Step.Spin(works);
    }
    long taken = Stopper.take(cpu, works);
    if (taken == 0) {
      return new Step.Sleep(this, Costs.CALL);
    }
    return Step.call(
        new CpuStopperThread(At.SIGNAL_DONE, taken),
        MultiCpuStop.call(new StopCall(taken), cpu.irqsOn()),
        Costs.CALL);
  }

  private Step signalDone(KernelCpu cpu) {
    long todo = new StopCall(work).todo(cpu.memory());
    if (cpu.lacks(AccessKind.STORE, todo)) {
      return Step.stall(AccessKind.STORE, todo);
    }
    long left = cpu.load(todo) - 1;
    cpu.store(todo, left);
    return Step.next(
        left == 0 ? new CpuStopperThread(At.COMPLETE, work) : new CpuStopperThread(At.CHECK, 0),
        Costs.FEW);
  }

  @Override
  public Optional<Wait> waitsFor(KernelCpu cpu) {
    return at == At.CHECK ? Stopper.waitForLock(cpu, function(), cpu.cpu()) : Optional.empty();
  }
}
