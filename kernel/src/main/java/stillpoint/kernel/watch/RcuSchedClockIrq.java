package stillpoint.kernel.watch;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.mm.KernelMemory;
import stillpoint.machine.coherence.AccessKind;

/**
 * RCU's part of a tick while a grace period is in progress: tells that this CPU has passed a quiescent state, or looks
 * whether the grace period takes too long. Whoever holds it up looks at the time of the warning, the others two ticks
 * later; the warning is printed by one CPU, and again after three further timeouts.
 */
record RcuSchedClockIrq(At at) implements Frame {
  /** Where execution is. */
  public enum At {
    CHECK,
    LEAVE
  }

  static Frame call() {
    return new RcuSchedClockIrq(At.CHECK);
  }

  @Override
  public String function() {
    return "rcu_sched_clock_irq";
  }

  @Override
  public Step step(KernelCpu cpu) {
    return switch (at) {
      case CHECK -> check(cpu);
      case LEAVE -> Step.done(Costs.FEW);
    };
  }

  private static Step check(KernelCpu cpu) {
    KernelMemory memory = cpu.memory();
    if (cpu.lacks(AccessKind.LOAD, memory.rcuGracePeriod())) {
      return Step.stall(AccessKind.LOAD, memory.rcuGracePeriod());
    }
    RcuCpu rcu = cpu.detectors().rcu();
    if (cpu.load(memory.rcuGracePeriod()) <= 0) {
      rcu.ends();
      return Step.done(Costs.FEW);
    }
    if (rcu.canReport()) {
      return Step.call(new RcuSchedClockIrq(At.LEAVE), RcuReportQs.call(), Costs.CALL);
    }
    return checkStall(cpu, rcu.mustReport());
  }

  private static Step checkStall(KernelCpu cpu, boolean self) {
    long timeoutCycles = cpu.cyclesOfNanos(cpu.config().detectors().rcuStallTimeoutNanos());
    if (timeoutCycles == 0) {
      return Step.done(Costs.FEW);
    }
    long warning = cpu.memory().rcuStallAt();
    if (cpu.lacks(AccessKind.LOAD, warning)) {
      return Step.stall(AccessKind.LOAD, warning);
    }
    long twoTicks = cpu.cyclesOfNanos(2_000_000_000L / cpu.config().hz());
    if (cpu.clock() < cpu.load(warning) + (self ? 0 : twoTicks)) {
      return Step.done(Costs.FEW);
    }
    if (cpu.lacks(AccessKind.STORE, warning)) {
      return Step.stall(AccessKind.STORE, warning);
    }
    cpu.store(warning, cpu.clock() + 3 * timeoutCycles);
    cpu.printkLockup(
        Detector.RCU_STALL,
        self
            ? "rcu: INFO: rcu_sched self-detected stall on CPU"
            : "rcu: INFO: rcu_sched detected stalls on CPUs/tasks:");
    return Step.done(Costs.PRINTK);
  }
}
