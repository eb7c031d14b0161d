package stillpoint.kernel.testmod;

import java.util.Optional;
import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.locking.KernelLock;
import stillpoint.kernel.locking.MutexLock;
import stillpoint.kernel.locking.MutexUnlock;
import stillpoint.kernel.locking.Udelay;
import stillpoint.kernel.mm.ProtocolMemory;
import stillpoint.kernel.smp.CallFunction;
import stillpoint.kernel.smp.SmpCallFunctionMany;
import stillpoint.kernel.stop.SwitchStopper;
import stillpoint.kernel.wait.Wait;
import stillpoint.machine.coherence.AccessKind;
import stillpoint.machine.interrupt.CpuSet;

/**
 * Takes another CPU offline and brings it back. Going, it is marked offline, its stopper is disabled, and it is told to play
 * dead. Coming, its stopper has to be enabled before it is marked online: whoever sees it online may hand its stopper a
 * work, and a stopper that is not enabled discards that.
 *
 * <p>Simplified: only stop_two_cpus() looks whether a CPU is online. What others ask of it meanwhile waits until it is back.
 *
 * @param target which CPU
 * @param stopperLate whether the stopper is enabled only some time after the CPU is marked online
 * @param gapNanos how long after
 * @param awayNanos how long the CPU is away
 */
public record CpuHotplug(At at, int target, boolean stopperLate, long gapNanos, long awayNanos)
    implements Frame {
  /** Where execution is. */
  public enum At {
    LOCK,
    MARK_OFFLINE,
    DISABLE_STOPPER,
    TELL,
    AWAIT_DEATH,
    AWAY,
    ENABLE_STOPPER_EARLY,
    MARK_ONLINE,
    GAP,
    ENABLE_STOPPER_LATE,
    UNLOCK,
    LEAVE
  }

  public static Frame call(int target, boolean stopperLate, long gapNanos, long awayNanos) {
    return new CpuHotplug(At.LOCK, target, stopperLate, gapNanos, awayNanos);
  }

  @Override
  public String function() {
    return at.compareTo(At.AWAY) <= 0 ? "_cpu_down" : "_cpu_up";
  }

  @Override
  public Step step(KernelCpu cpu) {
    ProtocolMemory memory = ProtocolMemory.of(cpu.memory());
    KernelLock mutex = memory.cpuHotplugLock();
    return switch (at) {
      case LOCK -> Step.call(to(At.MARK_OFFLINE), new MutexLock(mutex), Costs.CALL);
      case MARK_OFFLINE -> mark(cpu, ProtocolMemory.OFFLINE, At.DISABLE_STOPPER);
      case DISABLE_STOPPER -> Step.call(to(At.TELL), new SwitchStopper(target, false), Costs.CALL);
      case TELL ->
          Step.call(
              to(At.AWAIT_DEATH),
              SmpCallFunctionMany.call(CpuSet.of(target), CallFunction.PLAY_DEAD, 0, false),
              Costs.CALL);
      case AWAIT_DEATH -> {
        long state = memory.cpuState(target);
        if (cpu.lacks(AccessKind.LOAD, state)) {
          yield Step.stall(AccessKind.LOAD, state);
        }
        yield cpu.load(state) == ProtocolMemory.DEAD
            ? Step.next(to(At.AWAY), Costs.FEW)
            : new Step.Spin(state);
      }
      case AWAY ->
          Step.call(
              to(stopperLate ? At.MARK_ONLINE : At.ENABLE_STOPPER_EARLY),
              Udelay.of(awayNanos),
              Costs.CALL);
      case ENABLE_STOPPER_EARLY ->
          Step.call(to(At.MARK_ONLINE), new SwitchStopper(target, true), Costs.CALL);
      case MARK_ONLINE -> mark(cpu, ProtocolMemory.ONLINE, At.GAP);
      case GAP ->
          Step.call(
              to(stopperLate ? At.ENABLE_STOPPER_LATE : At.UNLOCK),
              Udelay.of(gapNanos),
              Costs.CALL);
      case ENABLE_STOPPER_LATE ->
          Step.call(to(At.UNLOCK), new SwitchStopper(target, true), Costs.CALL);
      case UNLOCK -> Step.call(to(At.LEAVE), new MutexUnlock(mutex), Costs.CALL);
      case LEAVE -> Step.done(Costs.CALL);
    };
  }

  private Step mark(KernelCpu cpu, long value, At then) {
    long state = ProtocolMemory.of(cpu.memory()).cpuState(target);
    if (cpu.lacks(AccessKind.STORE, state)) {
      return Step.stall(AccessKind.STORE, state);
    }
    cpu.store(state, value);
    return Step.next(to(then), Costs.FEW);
  }

  private Frame to(At where) {
    return new CpuHotplug(where, target, stopperLate, gapNanos, awayNanos);
  }

  @Override
  public Optional<Wait> waitsFor(KernelCpu cpu) {
    return at == At.AWAIT_DEATH
        ? Optional.of(new Wait.Handler(function(), "cpu death", target))
        : Optional.empty();
  }

  /** What the CPU does that goes: says that it is dead, and stays so, irqs off, until it is marked online again. */
  public record PlayDead(boolean dead) implements Frame {
    @Override
    public String function() {
      return "play_dead";
    }

    @Override
    public Step step(KernelCpu cpu) {
      long state = ProtocolMemory.of(cpu.memory()).cpuState(cpu.cpu());
      if (!dead) {
        if (cpu.lacks(AccessKind.STORE, state)) {
          return Step.stall(AccessKind.STORE, state);
        }
        cpu.store(state, ProtocolMemory.DEAD);
        return Step.next(new PlayDead(true), Costs.FEW);
      }
      if (cpu.lacks(AccessKind.LOAD, state)) {
        return Step.stall(AccessKind.LOAD, state);
      }
      return cpu.load(state) == ProtocolMemory.ONLINE
          ? Step.done(Costs.CALL)
          : new Step.Spin(state);
    }
  }
}
