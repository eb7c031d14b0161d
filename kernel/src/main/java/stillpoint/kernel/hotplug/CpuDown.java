package stillpoint.kernel.hotplug;

import java.util.Optional;
import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.locking.MutexLock;
import stillpoint.kernel.locking.MutexUnlock;
import stillpoint.kernel.mm.ProtocolMemory;
import stillpoint.kernel.sched.WaitForCompletion;
import stillpoint.kernel.shell.CommandStatus;
import stillpoint.kernel.stop.StopMachine;
import stillpoint.kernel.wait.Wait;
import stillpoint.machine.coherence.AccessKind;
import stillpoint.machine.interrupt.CpuSet;

/**
 * Takes another CPU offline: all are stopped, that one leaves the mask, plays dead when its stopper has nothing left, and
 * says so. Returns a {@link CommandStatus}; one that is offline already is left as it is.
 *
 * @param status what will be returned
 */
public record CpuDown(At at, int target, long status) implements Frame {
  /** Where execution is. */
  public enum At {
    LOCK,
    READ_MASK,
    CHECK,
    STOP,
    RESULT,
    DIE,
    UNLOCK,
    LEAVE
  }

  public static Frame call(int target) {
    return new CpuDown(At.LOCK, target, CommandStatus.OK);
  }

  @Override
  public String function() {
    return "_cpu_down";
  }

  @Override
  public Step step(KernelCpu cpu) {
    ProtocolMemory memory = ProtocolMemory.of(cpu.memory());
    return switch (at) {
      case LOCK -> Step.call(to(At.READ_MASK), new MutexLock(memory.cpuHotplugLock()), Costs.CALL);
      case READ_MASK -> Step.call(to(At.CHECK), ReadOnlineMask.call(), Costs.FEW);
      case CHECK -> check(cpu, memory);
      case STOP -> Step.call(to(At.RESULT), StopMachine.takeCpuDown(target), Costs.CALL);
      case RESULT -> {
        if (cpu.lacks(AccessKind.LOAD, memory.hotplugResult())) {
          yield Step.stall(AccessKind.LOAD, memory.hotplugResult());
        }
        long result = cpu.load(memory.hotplugResult());
        yield result == CommandStatus.OK
            ? Step.call(to(At.DIE), new WaitForCompletion(memory.hotplugDone()), Costs.CALL)
            : Step.next(new CpuDown(At.UNLOCK, target, result), Costs.FEW);
      }
      case DIE -> {
        long state = memory.cpuState(target);
        if (cpu.lacks(AccessKind.LOAD, state)) {
          yield Step.stall(AccessKind.LOAD, state);
        }
        yield cpu.load(state) == ProtocolMemory.DEAD
            ? Step.next(to(At.UNLOCK), Costs.FEW)
            : new Step.Spin(state);
      }
      case UNLOCK -> Step.call(to(At.LEAVE), new MutexUnlock(memory.cpuHotplugLock()), Costs.CALL);
      case LEAVE -> Step.done(status, Costs.CALL);
    };
  }

  private Step check(KernelCpu cpu, ProtocolMemory memory) {
    if (!cpu.online().contains(target)) {
      return Step.next(to(At.UNLOCK), Costs.FEW);
    }
    if (cpu.online().size() == 1) {
      return Step.next(new CpuDown(At.UNLOCK, target, CommandStatus.BUSY), Costs.FEW);
    }
    return CpuUp.prepare(cpu, memory, to(At.STOP));
  }

  private CpuDown to(At where) {
    return new CpuDown(where, target, status);
  }

  @Override
  public Optional<Wait> waitsFor(KernelCpu cpu) {
    return at == At.DIE
        ? Optional.of(
            new Wait.Acts(function(), "cpu death", CpuSet.of(target), true, Wait.Act.RUN_ON))
        : Optional.empty();
  }
}
