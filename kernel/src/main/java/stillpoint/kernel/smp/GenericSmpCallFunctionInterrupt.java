package stillpoint.kernel.smp;

import java.util.Optional;
import stillpoint.kernel.config.Barrier;
import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.cpu.StoreKind;
import stillpoint.kernel.mm.KernelMemory;
import stillpoint.machine.coherence.AccessKind;

/**
 * Handler of the call-function IPI: takes this CPU's whole call queue, turns it round (it is last in, first out), and runs
 * each entry. A synchronous csd is released after its function ran, an asynchronous one before.
 *
 * @param csd the entry that execution is at, or 0
 * @param queue entries still to be run, oldest first
 */
public record GenericSmpCallFunctionInterrupt(At at, long csd, Queue queue) implements Frame {
  /** Where execution is. */
  public enum At {
    TAKE,
    REVERSE,
    RUN,
    RELEASE,
    NEXT
  }

  /** A chain of csds. */
  public record Queue(long csd, Queue rest) {}

  public static Frame start() {
    return new GenericSmpCallFunctionInterrupt(At.TAKE, 0, null);
  }

  @Override
  public String function() {
    return "generic_smp_call_function_interrupt";
  }

  @Override
  public Step step(KernelCpu cpu) {
    return switch (at) {
      case TAKE -> {
        long head = cpu.memory().callQueue(cpu.cpu());
        if (cpu.lacks(AccessKind.STORE, head)) {
          yield Step.stall(AccessKind.STORE, head);
        }
        long newest = cpu.load(head);
        cpu.store(head, 0);
        yield Step.next(new GenericSmpCallFunctionInterrupt(At.REVERSE, newest, null), Costs.FEW);
      }
      case REVERSE -> {
        if (csd == 0) {
          yield nextEntry();
        }
        if (cpu.leavesOut(Barrier.LLIST_ADD) && isQueued(csd)) {
          cpu.printkWarning("BUG: call_single_queue of CPU " + cpu.cpu() + " runs in a circle");
          yield nextEntry();
        }
        if (cpu.lacks(AccessKind.LOAD, csd)) {
          yield Step.stall(AccessKind.LOAD, csd);
        }
        long older = cpu.load(csd + KernelMemory.CSD_NEXT);
        yield Step.next(
            new GenericSmpCallFunctionInterrupt(At.REVERSE, older, new Queue(csd, queue)),
            Costs.FEW);
      }
      case RUN -> run(cpu);
      case NEXT -> nextEntry();
      case RELEASE -> {
        StoreKind kind = cpu.after(Barrier.CSD_UNLOCK);
        if (cpu.lacks(kind, csd)) {
          yield Step.stall(kind, csd);
        }
        cpu.store(kind, csd + KernelMemory.CSD_FLAGS, 0);
        yield nextEntry();
      }
    };
  }

  private boolean isQueued(long entry) {
    for (Queue one = queue; one != null; one = one.rest()) {
      if (one.csd() == entry) {
        return true;
      }
    }
    return false;
  }

  private Step nextEntry() {
    return queue == null
        ? Step.done(Costs.CALL)
        : Step.next(
            new GenericSmpCallFunctionInterrupt(At.RUN, queue.csd(), queue.rest()), Costs.FEW);
  }

  private Step run(KernelCpu cpu) {
    if (cpu.lacks(AccessKind.LOAD, csd)) {
      return Step.stall(AccessKind.LOAD, csd);
    }
    boolean synchronous =
        (cpu.load(csd + KernelMemory.CSD_FLAGS) & SmpCallFunctionMany.SYNCHRONOUS) != 0;
    StoreKind unlock = cpu.after(Barrier.CSD_UNLOCK);
    if (!synchronous && cpu.lacks(unlock, csd)) {
      return Step.stall(unlock, csd);
    }
    long pointer = cpu.load(csd + KernelMemory.CSD_FUNCTION);
    if (!CallFunction.isAny(pointer)) {
      // Linux panics: with such kernels there is no more to see than that
      cpu.printkWarning("Oops: generic_smp_call_function_interrupt calls address 0");
      return Step.next(
          new GenericSmpCallFunctionInterrupt(synchronous ? At.RELEASE : At.NEXT, csd, queue),
          Costs.PRINTK);
    }
    CallFunction function = CallFunction.at(pointer);
    long info = cpu.load(csd + KernelMemory.CSD_INFO);
    if (!synchronous) {
      cpu.store(unlock, csd + KernelMemory.CSD_FLAGS, 0);
    }
    int cycles = Costs.CALL + function.run(cpu, info);
    Optional<Frame> body = function.body(info);
    if (body.isPresent()) {
      At then = synchronous ? At.RELEASE : At.NEXT;
      return Step.call(new GenericSmpCallFunctionInterrupt(then, csd, queue), body.get(), cycles);
    }
    return synchronous
        ? Step.next(new GenericSmpCallFunctionInterrupt(At.RELEASE, csd, queue), cycles)
        : nextEntry();
  }
}
