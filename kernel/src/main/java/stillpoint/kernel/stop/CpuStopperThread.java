package stillpoint.kernel.stop;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.mm.KernelMemory;
import stillpoint.kernel.sched.TaskKind;
import stillpoint.kernel.sched.TryToWakeUp;
import stillpoint.machine.coherence.AccessKind;

/**
 * The main loop of {@code migration/N}: takes a work from its CPU's list, does it, tells that it is done; sleeps when there
 * is none. The last of all CPUs to be done completes the caller's completion.
 *
 * @param work the work being done, as its word
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
        long done = cpu.memory().stopDone();
        if (cpu.lacks(AccessKind.STORE, done)) {
          yield Step.stall(AccessKind.STORE, done);
        }
        cpu.store(done, 1);
        yield Step.next(new CpuStopperThread(At.WAKE_CALLER, 0), Costs.FEW);
      }
      case WAKE_CALLER -> {
        long caller = cpu.memory().stopCaller();
        if (cpu.lacks(AccessKind.LOAD, caller)) {
          yield Step.stall(AccessKind.LOAD, caller);
        }
        yield Step.call(
            new CpuStopperThread(At.CHECK, 0),
            new TryToWakeUp((int) cpu.load(caller) - 1, TaskKind.SHELL),
            Costs.CALL);
      }
    };
  }

  private Step check(KernelCpu cpu) {
    long works = cpu.memory().stopperWork(cpu.cpu());
    if (cpu.lacks(AccessKind.STORE, works)) {
      return Step.stall(AccessKind.STORE, works);
    }
    long taken = cpu.load(works);
    if (taken == 0) {
      return new Step.Sleep(this, Costs.CALL);
    }
    cpu.store(works, 0);
    // stop_machine(fn, data, NULL): only the first online CPU runs the function
    boolean active = cpu.cpu() == cpu.online().next(0);
    return Step.call(
        new CpuStopperThread(At.SIGNAL_DONE, taken),
        MultiCpuStop.call(StopWork.at(taken), active, cpu.irqsOn()),
        Costs.CALL);
  }

  private Step signalDone(KernelCpu cpu) {
    KernelMemory memory = cpu.memory();
    if (cpu.lacks(AccessKind.STORE, memory.stopTodo())) {
      return Step.stall(AccessKind.STORE, memory.stopTodo());
    }
    long left = cpu.load(memory.stopTodo()) - 1;
    cpu.store(memory.stopTodo(), left);
    return Step.next(new CpuStopperThread(left == 0 ? At.COMPLETE : At.CHECK, 0), Costs.FEW);
  }
}
