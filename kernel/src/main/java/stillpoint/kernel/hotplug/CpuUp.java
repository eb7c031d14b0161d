package stillpoint.kernel.hotplug;

import java.util.Optional;
import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.cpu.StoreKind;
import stillpoint.kernel.locking.MutexLock;
import stillpoint.kernel.locking.MutexUnlock;
import stillpoint.kernel.locking.Udelay;
import stillpoint.kernel.mm.ProtocolMemory;
import stillpoint.kernel.sched.WaitForCompletion;
import stillpoint.kernel.shell.CommandStatus;
import stillpoint.kernel.stop.SwitchStopper;
import stillpoint.kernel.wait.Wait;
import stillpoint.machine.coherence.AccessKind;
import stillpoint.machine.interrupt.CpuSet;

/**
 * Brings a CPU online: lets it out of its pen and sleeps until it runs. One that is online already is left as it is.
 *
 * @param stopperLate as kernels once did: its stopper is enabled from here, after it can be seen online
 * @param gapNanos how long after
 */
public record CpuUp(At at, int target, boolean stopperLate, long gapNanos) implements Frame {
  /** Where execution is. */
  public enum At {
    LOCK,
    READ_MASK,
    CHECK,
    BOOT,
    AWAIT,
    BOOTED,
    ENABLE_STOPPER,
    UNLOCK,
    LEAVE
  }

  public static Frame call(int target) {
    return new CpuUp(At.LOCK, target, false, 0);
  }

  /** Brings it online in the order that loses works. */
  public static Frame withStopperLate(int target, long gapNanos) {
    return new CpuUp(At.LOCK, target, true, gapNanos);
  }

  @Override
  public String function() {
    return "_cpu_up";
  }

  @Override
  public Step step(KernelCpu cpu) {
    ProtocolMemory memory = ProtocolMemory.of(cpu.memory());
    return switch (at) {
      case LOCK -> Step.call(to(At.READ_MASK), new MutexLock(memory.cpuHotplugLock()), Costs.CALL);
      case READ_MASK -> Step.call(to(At.CHECK), ReadOnlineMask.call(), Costs.FEW);
      case CHECK ->
          cpu.online().contains(target)
              ? Step.next(to(At.UNLOCK), Costs.FEW)
              : prepare(cpu, memory, to(At.BOOT));
      case BOOT -> {
        long state = memory.cpuState(target);
        // a register of the power controller on real boards: everything before it is done
        if (cpu.lacks(AccessKind.STORE, state)) {
          yield Step.stall(AccessKind.STORE, state);
        }
        cpu.printk("SMP: Booting CPU" + target + "...");
        cpu.store(state, stopperLate ? ProtocolMemory.BOOT_STOPPER_LATE : ProtocolMemory.BOOT);
        yield Step.next(to(At.AWAIT), Costs.PRINTK);
      }
      case AWAIT ->
          Step.call(to(At.BOOTED), new WaitForCompletion(memory.hotplugDone()), Costs.CALL);
      case BOOTED ->
          stopperLate
              ? Step.call(to(At.ENABLE_STOPPER), Udelay.of(gapNanos), Costs.CALL)
              : Step.next(to(At.UNLOCK), Costs.FEW);
      case ENABLE_STOPPER -> Step.call(to(At.UNLOCK), new SwitchStopper(target, true), Costs.CALL);
      case UNLOCK -> Step.call(to(At.LEAVE), new MutexUnlock(memory.cpuHotplugLock()), Costs.CALL);
      case LEAVE -> Step.done(CommandStatus.OK, Costs.CALL);
    };
  }

  /** Writes down, in one line, who waits for the CPU that comes or goes. */
  static Step prepare(KernelCpu cpu, ProtocolMemory memory, Frame then) {
    if (cpu.lacks(StoreKind.PLAIN, memory.hotplugDone(), 3)) {
      return Step.stall(StoreKind.PLAIN, memory.hotplugDone());
    }
    cpu.store(StoreKind.PLAIN, memory.hotplugDone(), 0);
    cpu.store(StoreKind.PLAIN, memory.hotplugCaller(), cpu.cpu() + 1L);
    cpu.store(StoreKind.PLAIN, memory.hotplugResult(), CommandStatus.OK);
    return Step.next(then, Costs.FEW);
  }

  private CpuUp to(At where) {
    return new CpuUp(where, target, stopperLate, gapNanos);
  }

  @Override
  public Optional<Wait> waitsFor(KernelCpu cpu) {
    return at == At.BOOTED
        ? Optional.of(
            new Wait.Acts(function(), "cpu start", CpuSet.of(target), true, Wait.Act.RUN_ON))
        : Optional.empty();
  }
}
