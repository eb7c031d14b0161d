package stillpoint.kernel.stop;

import java.util.Optional;
import stillpoint.kernel.config.Barrier;
import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.cpu.StoreKind;
import stillpoint.kernel.mm.ProtocolMemory;
import stillpoint.kernel.wait.Wait;
import stillpoint.machine.coherence.AccessKind;
import stillpoint.machine.interrupt.CpuSet;

/**
 * What each stopper thread does inside stop_machine: spin on the shared state, act on each new one, acknowledge it. The
 * last to acknowledge sets the next state. From DISABLE_IRQ to EXIT no CPU takes an interrupt, the active one included
 * (but for a switch that lets it, while it runs the function).
 *
 * @param call the call that it is part of
 * @param seen the last state this CPU has acted on
 * @param active whether this CPU runs the function at RUN
 * @param irqsWereOn how to leave
 * @param participants CPUs that take part, as far as they are online
 * @param threads how many those are
 */
public record MultiCpuStop(
    At at,
    StopCall call,
    StopState seen,
    boolean active,
    boolean irqsWereOn,
    CpuSet participants,
    int threads)
    implements Frame {

  /** Where execution is. */
  public enum At {
    START,
    POLL,
    DISABLE_AGAIN,
    ACKNOWLEDGE,
    RESET_ACK,
    ADVANCE
  }

  static Frame call(StopCall call, boolean irqsOn) {
    return new MultiCpuStop(At.START, call, StopState.NONE, false, irqsOn, CpuSet.empty(), 0);
  }

  @Override
  public String function() {
    return "multi_cpu_stop";
  }

  /** Whether this CPU has nothing left to do for the state it has seen. */
  public boolean acknowledged() {
    return at == At.POLL;
  }

  @Override
  public Step step(KernelCpu cpu) {
    return switch (at) {
      case START -> start(cpu);
      case POLL -> poll(cpu);
      case DISABLE_AGAIN -> {
        cpu.irqsOff();
        yield Step.next(to(At.ACKNOWLEDGE, seen), Costs.FEW);
      }
      case ACKNOWLEDGE -> acknowledge(cpu);
      case RESET_ACK -> {
        long ack = call.ack(cpu.memory());
        if (cpu.lacks(StoreKind.PLAIN, ack)) {
          yield Step.stall(StoreKind.PLAIN, ack);
        }
        cpu.store(StoreKind.PLAIN, ack, threads);
        yield Step.next(to(At.ADVANCE, seen), Costs.FEW);
      }
      case ADVANCE -> {
        long state = call.state(cpu.memory());
        StoreKind kind = cpu.after(Barrier.SET_STATE);
        if (cpu.lacks(kind, state)) {
          yield Step.stall(kind, state);
        }
        cpu.store(kind, state, seen.ordinal() + 1L);
        yield pollAgainOrLeave(cpu);
      }
    };
  }

  private Step start(KernelCpu cpu) {
    if (!call.isOfTwo()) {
      long threads = cpu.memory().stopThreads();
      if (cpu.lacks(AccessKind.LOAD, threads)) {
        return Step.stall(AccessKind.LOAD, threads);
      }
      int runs = (int) cpu.load(cpu.memory().stopActive());
      return start(cpu, cpu.possible(), (int) cpu.load(threads), runs);
    }
    long pair = ProtocolMemory.of(cpu.memory()).pairStop(call.caller()) + ProtocolMemory.PAIR_CPUS;
    if (cpu.lacks(AccessKind.LOAD, pair)) {
      return Step.stall(AccessKind.LOAD, pair);
    }
    int first = (int) cpu.load(pair);
    int second = (int) (cpu.load(pair) >>> Integer.SIZE);
    return start(cpu, CpuSet.of(first).with(second), 2, first);
  }

  private Step start(KernelCpu cpu, CpuSet taking, int count, int runs) {
    return Step.next(
        new MultiCpuStop(At.POLL, call, seen, cpu.cpu() == runs, irqsWereOn, taking, count),
        Costs.FEW);
  }

  private Step poll(KernelCpu cpu) {
    long state = call.state(cpu.memory());
    if (cpu.lacks(AccessKind.LOAD, state)) {
      return Step.stall(AccessKind.LOAD, state);
    }
    StopState now = StopState.of(cpu.load(state));
    if (now == seen) {
      return new Step.Spin(state);
    }
    cpu.seesStopState(now);
    Frame acknowledgement = to(At.ACKNOWLEDGE, now);
    return switch (now) {
      case DISABLE_IRQ -> {
        cpu.irqsOff();
        yield Step.next(acknowledgement, Costs.FEW);
      }
      case RUN -> {
        if (!active) {
          yield Step.next(acknowledgement, Costs.FEW);
        }
        boolean patches = call.work() != StopWork.TAKE_CPU_DOWN;
        cpu.irqsOn(patches && cpu.config().ftrace().patchingCpuIrqsOn());
        yield Step.call(to(At.DISABLE_AGAIN, now), call.work().call(), Costs.CALL);
      }
      case NONE, PREPARE, EXIT, OVER -> Step.next(acknowledgement, Costs.FEW);
    };
  }

  private Step acknowledge(KernelCpu cpu) {
    long ack = call.ack(cpu.memory());
    if (cpu.lacks(AccessKind.STORE, ack)) {
      return Step.stall(AccessKind.STORE, ack);
    }
    long left = cpu.load(ack) - 1;
    cpu.store(ack, left);
    return left == 0 ? Step.next(to(At.RESET_ACK, seen), Costs.FEW) : pollAgainOrLeave(cpu);
  }

  private Step pollAgainOrLeave(KernelCpu cpu) {
    if (seen != StopState.EXIT) {
      return Step.next(to(At.POLL, seen), Costs.FEW);
    }
    int synchronising = 0;
    if (!active && cpu.config().ftrace().selfSynchronise()) {
      cpu.invalidateOwnIcache();
      synchronising = Costs.ICACHE_INVALIDATE_ALL;
    }
    cpu.irqsOn(irqsWereOn);
    return Step.done(Costs.CALL + synchronising);
  }

  private MultiCpuStop to(At where, StopState state) {
    return new MultiCpuStop(where, call, state, active, irqsWereOn, participants, threads);
  }

  @Override
  public Optional<Wait> waitsFor(KernelCpu cpu) {
    if (at == At.POLL && call.isOfTwo()) {
      long data = ProtocolMemory.of(cpu.memory()).pairStop(call.caller());
      boolean readable = !cpu.lacks(AccessKind.LOAD, data);
      long by = readable ? cpu.load(data + ProtocolMemory.PAIR_DISCARDED_BY) : 0;
      if (by != 0) {
        return Optional.of(new Wait.DiscardedWork(function(), (int) by - 1));
      }
    }
    return at == At.POLL
        ? Optional.of(new Wait.StopMachineState(function(), participants, seen, call.word()))
        : Optional.empty();
  }
}
