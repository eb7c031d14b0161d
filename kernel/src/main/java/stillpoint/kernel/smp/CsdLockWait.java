package stillpoint.kernel.smp;

import stillpoint.kernel.config.DetectorConfig;
import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.mm.KernelMemory;
import stillpoint.kernel.watch.Detector;
import stillpoint.machine.coherence.AccessKind;
import stillpoint.machine.interrupt.CpuSet;

/**
 * Spins until a csd of this CPU is released by its target. With {@code csdlock_debug=1} the loop watches the clock, which
 * it can with irqs off too, and complains of a csd that takes too long, again and again. With each complaint it sends the IPI
 * again: that helps if the first was lost, and not if the target cannot take any. Linux's kernel/smp.c, csd_lock_wait_toolong;
 * it also tells a target that is in another handler from one that does not respond, which is not modelled.
 *
 * @param sinceCycle when the wait began, or {@link #NOT_WATCHED}
 * @param complainedCycle when it last complained, at first the same
 * @param bug number of its complaint, 0 before the first
 */
public record CsdLockWait(long csd, long sinceCycle, long complainedCycle, long bug)
    implements Frame {
  private static final long NOT_WATCHED = -1;

  public CsdLockWait(long csd) {
    this(csd, NOT_WATCHED, NOT_WATCHED, 0);
  }

  @Override
  public String function() {
    return "csd_lock_wait";
  }

  @Override
  public Step step(KernelCpu cpu) {
    long flags = csd + KernelMemory.CSD_FLAGS;
    if (cpu.lacks(AccessKind.LOAD, flags)) {
      return Step.stall(AccessKind.LOAD, flags);
    }
    if (cpu.load(flags) == 0) {
      return released(cpu);
    }
    DetectorConfig config = cpu.config().detectors();
    if (!config.csdLockDebug()) {
      return new Step.Spin(flags);
    }
    if (sinceCycle == NOT_WATCHED) {
      return Step.next(new CsdLockWait(csd, cpu.clock(), cpu.clock(), 0), Costs.FEW);
    }
    long deadline = complainedCycle + cpu.cyclesOfNanos(config.csdLockTimeoutNanos()) + 1;
    long left = deadline - cpu.clock();
    return left > 0 ? new Step.Spin(flags, cpu.cycle() + left) : complain(cpu);
  }

  /** Whether the csd can be read and is in use. */
  boolean mustWait(KernelCpu cpu) {
    return !cpu.lacks(AccessKind.LOAD, csd) && cpu.load(csd + KernelMemory.CSD_FLAGS) != 0;
  }

  private Step released(KernelCpu cpu) {
    if (bug == 0) {
      return Step.done(Costs.FEW);
    }
    int target = cpu.memory().csdTarget(csd);
    cpu.printk(
        "smp: csd: CSD lock (#%d) got unstuck on CPU#%02d, CPU#%02d released the lock."
            .formatted(bug, cpu.cpu(), target));
    return Step.done(Costs.PRINTK);
  }

  private Step complain(KernelCpu cpu) {
    if (!cpu.storesDone()) {
      return Step.barrier();
    }
    long count = cpu.memory().csdBugCount();
    long number = bug;
    if (bug == 0) {
      if (cpu.lacks(AccessKind.STORE, count)) {
        return Step.stall(AccessKind.STORE, count);
      }
      number = cpu.load(count) + 1;
      cpu.store(count, number);
    }
    int target = cpu.memory().csdTarget(csd);
    CallFunction function = CallFunction.at(cpu.load(csd + KernelMemory.CSD_FUNCTION));
    cpu.printkLockup(
        Detector.CSD_LOCK,
        "smp: csd: %s non-responsive CSD lock (#%d) on CPU#%d, waiting %d ns for CPU#%02d %s+0x0/0x18(0x%x)."
            .formatted(
                bug == 0 ? "Detected" : "Continued",
                number,
                cpu.cpu(),
                cpu.nanosAt(cpu.clock()) - cpu.nanosAt(sinceCycle),
                target,
                function.symbol(),
                cpu.load(csd + KernelMemory.CSD_INFO)));
    cpu.printk("smp: \tcsd: CSD lock (#%d) unresponsive.".formatted(number));
    cpu.printk(
        "smp: csd: Re-sending CSD lock (#%d) IPI from CPU#%02d to CPU#%02d"
            .formatted(number, cpu.cpu(), target));
    cpu.sendCallFunctionIpi(function, CpuSet.of(target));
    int cycles = 3 * Costs.PRINTK + Costs.SEND_IPI;
    return Step.next(new CsdLockWait(csd, sinceCycle, cpu.clock(), number), cycles);
  }
}
