package stillpoint.kernel.irq;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.irq.PendingInterrupts.Source;
import stillpoint.kernel.sched.TaskKind;
import stillpoint.kernel.smp.GenericSmpCallFunctionInterrupt;

/**
 * The interrupt entry: serves what is pending, one source after the other, with irqs off, until nothing is, and returns to
 * what it interrupted.
 *
 * @param mailboxBits bits of the mailbox word still to be served (Octeon), or of the GIC's interrupts by the same bits
 */
public record DoIrq(At at, int mailboxBits) implements Frame {
  /** What an interrupt adds to the preempt count of the task it interrupts. */
  public static final int HARDIRQ_OFFSET = 0x1_0000;

  /** Where execution is. */
  public enum At {
    DISPATCH,
    READ_MAILBOX,
    SERVE_MAILBOX
  }

  @Override
  public String function() {
    return "do_IRQ";
  }

  @Override
  public Step step(KernelCpu cpu) {
    return switch (at) {
      case DISPATCH -> dispatch(cpu);
      case READ_MAILBOX -> cpu.mailboxAnswered() ? answered(cpu) : new Step.AwaitController();
      case SERVE_MAILBOX -> serveMailbox(cpu);
    };
  }

  private Step dispatch(KernelCpu cpu) {
    PendingInterrupts pending = cpu.pending();
    boolean readsController = pending.isPending(Source.MAILBOX) || pending.isPending(Source.SHARED);
    if (readsController && !cpu.storesDone()) {
      // that read is uncached
      return Step.barrier();
    }
    if (pending.take(Source.TIMER)) {
      cpu.countTaken(InterruptLog.Source.TIMER);
      cpu.rearmTick();
      return cpu.detectors().tick(cpu, this);
    }
    if (pending.take(Source.UART)) {
      cpu.countTaken(InterruptLog.Source.UART);
      cpu.wakeHere(TaskKind.SHELL);
      return Step.next(this, Costs.WAKE_UP);
    }
    if (pending.take(Source.DEVICE)) {
      return Step.call(this, DriverInterrupt.of(cpu.takeDriver()), Costs.CALL);
    }
    for (IpiKind kind : IpiKind.values()) {
      if (pending.take(kind)) {
        return serve(cpu, kind, this);
      }
    }
    if (pending.take(Source.MAILBOX)) {
      cpu.readAndClearMailbox();
      return Step.next(new DoIrq(At.READ_MAILBOX, 0), Costs.FEW);
    }
    if (pending.take(Source.SHARED)) {
      cpu.acknowledgeShared();
      return Step.next(new DoIrq(At.READ_MAILBOX, 0), Costs.FEW);
    }
    cpu.current().addPreemptCount(-HARDIRQ_OFFSET);
    cpu.irqsOn(true);
    return Step.done(Costs.IRQ_EXIT);
  }

  /** The line was up, and yet nobody may want anything: a spurious interrupt, which is counted. */
  private static Step answered(KernelCpu cpu) {
    if (cpu.mailboxBits() == 0) {
      cpu.countTaken(InterruptLog.Source.SPURIOUS);
    }
    return Step.next(new DoIrq(At.SERVE_MAILBOX, cpu.mailboxBits()), Costs.FEW);
  }

  private Step serveMailbox(KernelCpu cpu) {
    for (IpiKind kind : IpiKind.values()) {
      if ((mailboxBits & kind.mailboxBit()) != 0) {
        return serve(cpu, kind, new DoIrq(At.SERVE_MAILBOX, mailboxBits & ~kind.mailboxBit()));
      }
    }
    return Step.next(new DoIrq(At.DISPATCH, 0), Costs.FEW);
  }

  private static Step serve(KernelCpu cpu, IpiKind kind, Frame after) {
    cpu.countTaken(kind);
    return switch (kind) {
      case RESCHED -> Step.call(after, new SchedulerIpi(), Costs.CALL);
      case CALL_FUNCTION -> Step.call(after, GenericSmpCallFunctionInterrupt.start(), Costs.CALL);
      case ICACHE_FLUSH -> {
        cpu.invalidateOwnIcache();
        yield Step.next(after, Costs.ICACHE_INVALIDATE_ALL);
      }
    };
  }
}
