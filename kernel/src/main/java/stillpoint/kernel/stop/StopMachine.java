package stillpoint.kernel.stop;

import java.util.Optional;
import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.mm.KernelMemory;
import stillpoint.kernel.sched.MightSleep;
import stillpoint.kernel.sched.TaskKind;
import stillpoint.kernel.sched.TryToWakeUp;
import stillpoint.kernel.sched.WaitForCompletion;
import stillpoint.kernel.wait.Wait;
import stillpoint.machine.coherence.AccessKind;

/**
 * stop_machine(): takes the cpu-hotplug lock, which may sleep, hands {@code multi_cpu_stop} to every CPU's stopper thread and sleeps until all are through. The caller
 * holds {@code text_mutex}, so there is one at a time. Preemption is off while the works are handed out, or the caller's
 * own stopper would take over before the last CPU has its work.
 *
 * @param next the CPU that execution is at
 */
public record StopMachine(At at, StopWork work, int next) implements Frame {
  /** Where execution is. */
  public enum At {
    TAKE_HOTPLUG_LOCK,
    SET_STATE,
    SET_ACK,
    SET_TODO,
    CLEAR_DONE,
    SET_CALLER,
    QUEUE,
    WAKE,
    SLEEP,
    LEAVE
  }

  public static Frame call(StopWork work) {
    return new StopMachine(At.TAKE_HOTPLUG_LOCK, work, 0);
  }

  @Override
  public String function() {
    return "stop_machine";
  }

  @Override
  public Step step(KernelCpu cpu) {
    KernelMemory memory = cpu.memory();
    int cpus = cpu.online().size();
    return switch (at) {
      case TAKE_HOTPLUG_LOCK ->
          cpu.inAtomic()
              ? Step.call(to(At.SET_STATE), new MightSleep(), Costs.CALL)
              : Step.next(to(At.SET_STATE), Costs.FEW);
      case SET_STATE -> set(cpu, memory.stopState(), StopState.PREPARE.ordinal(), At.SET_ACK);
      case SET_ACK -> set(cpu, memory.stopAck(), cpus, At.SET_TODO);
      case SET_TODO -> set(cpu, memory.stopTodo(), cpus, At.CLEAR_DONE);
      case CLEAR_DONE -> set(cpu, memory.stopDone(), 0, At.SET_CALLER);
      case SET_CALLER -> {
        Step step = set(cpu, memory.stopCaller(), cpu.cpu() + 1L, At.QUEUE);
        if (step instanceof Step.Next) {
          cpu.store(memory.stopCpusInProgress(), 1);
          cpu.preemptDisable();
        }
        yield step;
      }
      case QUEUE -> {
        if (next >= 0) {
          yield queue(cpu, memory.stopperWork(next));
        }
        if (cpu.lacks(AccessKind.STORE, memory.stopCpusInProgress())) {
          yield Step.stall(AccessKind.STORE, memory.stopCpusInProgress());
        }
        cpu.store(memory.stopCpusInProgress(), 0);
        cpu.preemptEnable();
        yield Step.next(new StopMachine(At.SLEEP, work, 0), Costs.FEW);
      }
      case WAKE ->
          Step.call(
              new StopMachine(At.QUEUE, work, cpu.online().next(next + 1)),
              new TryToWakeUp(next, TaskKind.STOPPER),
              Costs.CALL);
      case SLEEP ->
          Step.call(
              new StopMachine(At.LEAVE, work, 0),
              new WaitForCompletion(memory.stopDone()),
              Costs.CALL);
      case LEAVE -> Step.done(Costs.CALL);
    };
  }

  /** Takes the stopper's lock, adds the work and unlocks in one go: all of it is in one line. */
  private Step queue(KernelCpu cpu, long stopper) {
    if (cpu.lacks(AccessKind.STORE, stopper)) {
      return Step.stall(AccessKind.STORE, stopper);
    }
    if (!Stopper.isFree(cpu, stopper)) {
      return new Step.Spin(stopper);
    }
    if (!Stopper.hasRoom(cpu, stopper)) {
      return Step.next(this, Costs.CALL);
    }
    Stopper.add(cpu, stopper, StopCall.ofMachine(work));
    return Step.next(new StopMachine(At.WAKE, work, next), Costs.FEW);
  }

  private StopMachine to(At where) {
    return new StopMachine(where, work, next);
  }

  private Step set(KernelCpu cpu, long variable, long value, At then) {
    if (cpu.lacks(AccessKind.STORE, variable)) {
      return Step.stall(AccessKind.STORE, variable);
    }
    cpu.store(variable, value);
    return Step.next(to(then), Costs.FEW);
  }

  @Override
  public Optional<Wait> waitsFor(KernelCpu cpu) {
    if (at == At.QUEUE && next >= 0) {
      return Stopper.waitForLock(cpu, function(), next);
    }
    // also while its own stopper has preempted it on its way to sleep
    return at == At.SLEEP || at == At.LEAVE
        ? Optional.of(new Wait.StopMachineDone(function(), cpu.online()))
        : Optional.empty();
  }
}
