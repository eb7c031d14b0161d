package stillpoint.kernel.smp;

import java.util.Optional;
import stillpoint.kernel.config.Barrier;
import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.cpu.StoreKind;
import stillpoint.kernel.hotplug.ReadOnlineMask;
import stillpoint.kernel.mm.KernelMemory;
import stillpoint.kernel.wait.Wait;
import stillpoint.machine.interrupt.CpuSet;

/**
 * Runs a function on those of other CPUs that are online, with preemption off until it returns. For each target: take the csd for it (waiting while an earlier call still uses it), fill
 * it in, push it on the target's call queue; the IPI goes only to targets whose queue was empty. If {@code synchronous}, spin
 * until each target has released its csd.
 *
 * @param targets CPUs to run it on, without this one; from START on those that are online
 * @param toInterrupt targets whose queue was empty
 * @param next the target that execution is at
 * @param head what the target's queue was seen to begin with
 */
public record SmpCallFunctionMany(
    At at,
    CpuSet targets,
    CallFunction work,
    long info,
    boolean synchronous,
    CpuSet toInterrupt,
    int next,
    long head)
    implements Frame {

  /** The csd is in use. */
  static final long LOCKED = 1;

  /** The caller waits: release the csd after the function has run, not before. */
  static final long SYNCHRONOUS = 2;

  /** Where execution is. */
  public enum At {
    ENTER,
    START,
    WARN_ONCE,
    LOCK,
    FILL,
    PUSH,
    LINK,
    PUBLISH,
    SEND,
    WAIT
  }

  /** A call of it. */
  public static Frame call(CpuSet targets, CallFunction work, long info, boolean synchronous) {
    return new SmpCallFunctionMany(
        At.ENTER, targets, work, info, synchronous, CpuSet.empty(), 0, 0);
  }

  @Override
  public String function() {
    return "smp_call_function_many";
  }

  @Override
  public Step step(KernelCpu cpu) {
    return switch (at) {
      case ENTER -> {
        cpu.preemptDisable();
        yield Step.call(to(At.START, 0), ReadOnlineMask.call(), Costs.CALL);
      }
      case START -> {
        SmpCallFunctionMany there = ofThose(targets.intersection(cpu.online()));
        boolean suspicious =
            !cpu.irqsOn() && !there.targets.isEmpty() && cpu.config().warnIrqsDisabled();
        yield Step.next(
            suspicious ? there.to(At.WARN_ONCE, 0) : there.to(At.LOCK, there.targets.next(0)),
            Costs.FEW);
      }
      case WARN_ONCE -> warnOnce(cpu);
      case LOCK -> next < 0 ? Step.next(to(At.SEND, 0), Costs.FEW) : lock(cpu);
      case FILL -> fill(cpu);
      case PUSH -> push(cpu);
      case LINK -> link(cpu);
      case PUBLISH -> publish(cpu);
      case SEND -> {
        if (!toInterrupt.isEmpty() && !cpu.storesDone()) {
          yield Step.barrier();
        }
        cpu.sendCallFunctionIpi(work, toInterrupt);
        int first = synchronous ? targets.next(0) : -1;
        yield Step.next(to(At.WAIT, first), Costs.SEND_IPI);
      }
      case WAIT -> {
        if (next < 0) {
          cpu.preemptEnable();
          yield Step.done(Costs.CALL);
        }
        CsdLockWait callee = new CsdLockWait(cpu.memory().csd(cpu.cpu(), next));
        yield Step.call(to(At.WAIT, targets.next(next + 1)), callee, Costs.FEW);
      }
    };
  }

  /** WARN_ON_ONCE(irqs_disabled()): two CPUs that do this at once wait for each other for ever. */
  private Step warnOnce(KernelCpu cpu) {
    long warned = cpu.memory().warnedIrqsDisabled();
    if (cpu.lacksUpdate(StoreKind.PLAIN, warned)) {
      return Step.stall(StoreKind.PLAIN, warned);
    }
    Frame after = to(At.LOCK, targets.next(0));
    if (cpu.load(warned) != 0) {
      return Step.next(after, Costs.FEW);
    }
    cpu.store(StoreKind.PLAIN, warned, 1);
    cpu.printk("------------[ cut here ]------------");
    cpu.printkWarning("WARNING: at kernel/smp.c smp_call_function_many()");
    return Step.next(after, Costs.PRINTK);
  }

  private Step lock(KernelCpu cpu) {
    long csd = cpu.memory().csd(cpu.cpu(), next);
    long flags = csd + KernelMemory.CSD_FLAGS;
    if (cpu.lacksUpdate(StoreKind.PLAIN, flags)) {
      return Step.stall(StoreKind.PLAIN, flags);
    }
    if (cpu.load(flags) != 0) {
      return Step.call(this, new CsdLock(csd, next), Costs.CALL);
    }
    cpu.store(StoreKind.PLAIN, flags, synchronous ? LOCKED | SYNCHRONOUS : LOCKED);
    // where stores are done at once the barrier between the two is nothing, and this is one piece
    // of work
    return cpu.buffersStores() ? Step.next(to(At.FILL, next), Costs.FEW) : fill(cpu);
  }

  /** csd_lock() has a smp_wmb between the flags and what comes here. */
  private Step fill(KernelCpu cpu) {
    long csd = cpu.memory().csd(cpu.cpu(), next);
    StoreKind kind = cpu.after(Barrier.CSD_LOCK);
    if (cpu.lacks(kind, csd, 2)) {
      return Step.stall(kind, csd);
    }
    cpu.store(kind, csd + KernelMemory.CSD_FUNCTION, work.pointer());
    cpu.store(kind, csd + KernelMemory.CSD_INFO, info);
    return Step.next(to(At.PUSH, next), Costs.FEW);
  }

  /**
   * The queue is a list without a lock, pushed as llist_add does: read its head, link the csd before that, put the csd in
   * the head's place if that has not changed. Each step needs one line only, so that a cache in which the two lines
   * displace each other serves too. The head is read with the right to write it, since that comes next; reading it orders
   * nothing.
   */
  private Step push(KernelCpu cpu) {
    long queue = cpu.memory().callQueue(next);
    if (cpu.lacks(StoreKind.RELAXED, queue)) {
      return Step.stall(StoreKind.RELAXED, queue);
    }
    return Step.next(withHead(At.LINK, cpu.load(queue)), Costs.FEW);
  }

  private Step link(KernelCpu cpu) {
    long csd = cpu.memory().csd(cpu.cpu(), next);
    if (cpu.lacks(StoreKind.PLAIN, csd)) {
      return Step.stall(StoreKind.PLAIN, csd);
    }
    cpu.store(StoreKind.PLAIN, csd + KernelMemory.CSD_NEXT, head);
    return Step.next(withHead(At.PUBLISH, head), Costs.FEW);
  }

  private Step publish(KernelCpu cpu) {
    long queue = cpu.memory().callQueue(next);
    StoreKind kind = cpu.leavesOut(Barrier.LLIST_ADD) ? StoreKind.RELAXED : StoreKind.ORDERED;
    if (cpu.lacks(kind, queue)) {
      return Step.stall(kind, queue);
    }
    long now = cpu.load(queue);
    if (now != head) {
      return Step.next(withHead(At.LINK, now), Costs.FEW);
    }
    cpu.store(kind, queue, cpu.memory().csd(cpu.cpu(), next));
    CpuSet interrupt = head == 0 ? toInterrupt.with(next) : toInterrupt;
    int following = targets.next(next + 1);
    return Step.next(
        new SmpCallFunctionMany(At.LOCK, targets, work, info, synchronous, interrupt, following, 0),
        Costs.FEW);
  }

  private SmpCallFunctionMany withHead(At where, long seen) {
    return new SmpCallFunctionMany(
        where, targets, work, info, synchronous, toInterrupt, next, seen);
  }

  private SmpCallFunctionMany ofThose(CpuSet online) {
    return new SmpCallFunctionMany(at, online, work, info, synchronous, toInterrupt, next, head);
  }

  private SmpCallFunctionMany to(At where, int target) {
    return new SmpCallFunctionMany(where, targets, work, info, synchronous, toInterrupt, target, 0);
  }

  /** The csd waited for is the one before {@code next}: the frame has moved on to where it goes when that is free. */
  @Override
  public Optional<Wait> waitsFor(KernelCpu cpu) {
    if (at != At.WAIT) {
      return Optional.empty();
    }
    int previous = targets.previous(next < 0 ? Integer.MAX_VALUE : next);
    return Optional.of(new Wait.Csd(function(), targets.within(previous, Integer.MAX_VALUE)));
  }
}
