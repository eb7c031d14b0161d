package stillpoint.kernel.shell;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.hotplug.ReadOnlineMask;
import stillpoint.kernel.mm.KernelMemory;
import stillpoint.kernel.smp.CallFunction;
import stillpoint.kernel.smp.SmpCallFunctionMany;
import stillpoint.machine.coherence.AccessKind;
import stillpoint.machine.interrupt.CpuSet;

/**
 * SysRq l: every CPU is to print its stack. On MIPS that is an ordinary call-function IPI, so a CPU with irqs off does not
 * hear of it. The asking CPU waits up to ten seconds for the answers; a CPU that still owes one from last time is not
 * asked again.
 *
 * @param targets CPUs still to be looked at, then CPUs that were asked
 * @param next the CPU that execution is at
 * @param polls how often it has looked for an answer in vain
 */
record SysrqShowAllCpus(At at, CpuSet targets, int next, int polls) implements Frame {
  /** Ten seconds in steps that leave irqs time to come in. */
  private static final int WAIT_MICROS = 10_000_000;

  private static final int POLL_MICROS = 10;

  /** Where execution is. */
  enum At {
    READ_MASK,
    ENTER,
    CHECK,
    ASK,
    OWN,
    WAIT
  }

  static Frame call() {
    return new SysrqShowAllCpus(At.READ_MASK, CpuSet.empty(), 0, 0);
  }

  @Override
  public String function() {
    return "sysrq_handle_showallcpus";
  }

  @Override
  public Step step(KernelCpu cpu) {
    return switch (at) {
      case READ_MASK -> {
        // until they have been asked: none of them may go offline before
        cpu.preemptDisable();
        yield Step.call(to(At.ENTER, 0), ReadOnlineMask.call(), Costs.FEW);
      }
      case ENTER -> {
        CpuSet others = cpu.online().without(cpu.cpu());
        cpu.printk("sysrq: Show backtrace of all active CPUs");
        cpu.printk("Sending NMI from CPU " + cpu.cpu() + " to CPUs " + others + ":");
        yield Step.next(
            new SysrqShowAllCpus(At.CHECK, others, others.next(0), 0), 2 * Costs.PRINTK);
      }
      case CHECK -> check(cpu);
      case ASK ->
          Step.call(
              to(At.OWN, 0),
              SmpCallFunctionMany.call(targets, CallFunction.BACKTRACE, 0, false),
              Costs.CALL);
      case OWN -> {
        cpu.preemptEnable();
        yield Step.next(to(At.WAIT, targets.next(0)), CallFunction.BACKTRACE.run(cpu, 0));
      }
      case WAIT -> await(cpu);
    };
  }

  /** A csd in use is one that the target has not yet taken from an earlier call of this CPU. */
  private Step check(KernelCpu cpu) {
    if (next < 0) {
      return Step.next(to(targets.isEmpty() ? At.OWN : At.ASK, 0), Costs.FEW);
    }
    long flags = cpu.memory().csd(cpu.cpu(), next) + KernelMemory.CSD_FLAGS;
    if (cpu.lacks(AccessKind.LOAD, flags)) {
      return Step.stall(AccessKind.LOAD, flags);
    }
    int following = targets.next(next + 1);
    if (cpu.load(flags) == 0) {
      return Step.next(to(At.CHECK, following), Costs.FEW);
    }
    cpu.printk("Unable to send backtrace IPI to CPU" + next + " - perhaps it hung?");
    return Step.next(
        new SysrqShowAllCpus(At.CHECK, targets.without(next), following, 0), Costs.PRINTK);
  }

  private Step await(KernelCpu cpu) {
    if (next < 0 || polls >= WAIT_MICROS / POLL_MICROS) {
      return Step.done(CommandStatus.OK, Costs.CALL);
    }
    long flags = cpu.memory().csd(cpu.cpu(), next) + KernelMemory.CSD_FLAGS;
    if (cpu.lacks(AccessKind.LOAD, flags)) {
      return Step.stall(AccessKind.LOAD, flags);
    }
    return cpu.load(flags) == 0
        ? Step.next(to(At.WAIT, targets.next(next + 1)), Costs.FEW)
        : Step.next(
            new SysrqShowAllCpus(At.WAIT, targets, next, polls + 1),
            cpu.cyclesOfMicros(POLL_MICROS));
  }

  private SysrqShowAllCpus to(At where, int target) {
    return new SysrqShowAllCpus(where, targets, target, polls);
  }
}
