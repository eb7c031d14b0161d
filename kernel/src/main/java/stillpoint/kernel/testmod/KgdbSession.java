package stillpoint.kernel.testmod;

import java.util.Optional;
import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.cpu.StoreKind;
import stillpoint.kernel.flush.FlushIcache;
import stillpoint.kernel.hotplug.ReadOnlineMask;
import stillpoint.kernel.locking.KernelLock;
import stillpoint.kernel.locking.SpinLock;
import stillpoint.kernel.locking.SpinUnlock;
import stillpoint.kernel.locking.Udelay;
import stillpoint.kernel.mm.ProtocolMemory;
import stillpoint.kernel.smp.CallFunction;
import stillpoint.kernel.smp.SmpCallFunction;
import stillpoint.kernel.wait.Wait;
import stillpoint.machine.coherence.AccessKind;
import stillpoint.machine.interrupt.CpuSet;

/**
 * A CPU enters the kernel debugger: irqs off, the others rounded up by an asynchronous IPI, a word of text changed, all let
 * go, irqs on, all instruction caches flushed. A CPU with irqs off cannot be rounded up; and while the others are held with
 * irqs off no flush may wait for them, which is what CACHE_FLUSH_IS_SAFE 0 says on MIPS.
 *
 * @param how its choices
 * @param others CPUs that are online, without this one
 * @param next the CPU that execution is at
 * @param deadlineCycle when it stops waiting for CPUs to come
 */
public record KgdbSession(At at, How how, CpuSet others, int next, long deadlineCycle)
    implements Frame {
  /**
   * @param timeoutNanos how long it waits for others to come; negative: for ever
   * @param flushInside whether it flushes while the others are held
   * @param underLock whether it enters with the test lock held
   */
  public record How(long timeoutNanos, boolean flushInside, boolean underLock) {}

  private static final long SESSION_NANOS = 20_000;
  private static final int POLL_CYCLES = 200;

  /** Where execution is. */
  public enum At {
    LOCK,
    APPROACH,
    ENTER,
    READ_MASK,
    ROUND_UP,
    COLLECT,
    CHANGE_TEXT,
    FLUSH_INSIDE,
    TALK,
    LET_GO,
    SEE_THEM_LEAVE,
    RESUME,
    UNLOCK,
    LEAVE
  }

  public static Frame call(How how) {
    return new KgdbSession(how.underLock() ? At.LOCK : At.APPROACH, how, CpuSet.empty(), 0, 0);
  }

  @Override
  public String function() {
    return "kgdb_cpu_enter";
  }

  @Override
  public Step step(KernelCpu cpu) {
    ProtocolMemory memory = ProtocolMemory.of(cpu.memory());
    KernelLock lock = memory.testLock();
    return switch (at) {
      case LOCK -> Step.call(to(At.APPROACH, 0), SpinLock.plain(lock), Costs.CALL);
      case APPROACH -> Step.call(to(At.ENTER, 0), Udelay.of(SESSION_NANOS), Costs.CALL);
      case ENTER -> {
        Step step = set(cpu, memory.kgdbActive(), cpu.cpu() + 1L, At.READ_MASK);
        if (step instanceof Step.Next) {
          cpu.irqsOff();
        }
        yield step;
      }
      case READ_MASK -> Step.call(to(At.ROUND_UP, 0), ReadOnlineMask.call(), Costs.FEW);
      case ROUND_UP -> {
        CpuSet called = cpu.online().without(cpu.cpu());
        long deadline = cpu.cycle() + cpu.cyclesOfNanos(Math.max(0, how.timeoutNanos()));
        yield Step.call(
            new KgdbSession(At.COLLECT, how, called, called.next(0), deadline),
            SmpCallFunction.call(CallFunction.KGDB_NMI_CALLBACK, 0, false),
            Costs.CALL);
      }
      case COLLECT -> next < 0 ? Step.next(to(At.CHANGE_TEXT, 0), Costs.FEW) : collect(cpu);
      case CHANGE_TEXT -> {
        At then = how.flushInside() ? At.FLUSH_INSIDE : At.TALK;
        yield TestSites.store(
            cpu, TestSites.physical(cpu, 0).orElseThrow(), TestSites.BRANCH_OVER, to(then, 0));
      }
      case FLUSH_INSIDE -> Step.call(to(At.TALK, 0), FlushIcache.onEachCpu(), Costs.CALL);
      case TALK -> Step.call(to(At.LET_GO, 0), Udelay.of(SESSION_NANOS), Costs.CALL);
      case LET_GO -> {
        Step step = set(cpu, memory.kgdbActive(), 0, At.SEE_THEM_LEAVE);
        yield step instanceof Step.Next
            ? Step.next(to(At.SEE_THEM_LEAVE, others.next(0)), Costs.FEW)
            : step;
      }
      case SEE_THEM_LEAVE -> {
        if (next < 0) {
          cpu.irqsOn(true);
          yield Step.next(to(At.RESUME, 0), Costs.FEW);
        }
        long in = memory.inKgdb(next);
        if (cpu.lacks(AccessKind.LOAD, in)) {
          yield Step.stall(AccessKind.LOAD, in);
        }
        yield cpu.load(in) == 0
            ? Step.next(to(at, others.next(next + 1)), Costs.FEW)
            : new Step.Spin(in);
      }
      case RESUME ->
          Step.call(
              to(how.underLock() ? At.UNLOCK : At.LEAVE, 0), FlushIcache.onEachCpu(), Costs.CALL);
      case UNLOCK -> Step.call(to(At.LEAVE, 0), new SpinUnlock(lock, true), Costs.CALL);
      case LEAVE -> Step.done(Costs.CALL);
    };
  }

  /** Waits for one CPU to be in the debugger: for ever, or polling until the time is over. */
  private Step collect(KernelCpu cpu) {
    long in = ProtocolMemory.of(cpu.memory()).inKgdb(next);
    if (cpu.lacks(AccessKind.LOAD, in)) {
      return Step.stall(AccessKind.LOAD, in);
    }
    if (cpu.load(in) != 0) {
      return Step.next(to(At.COLLECT, others.next(next + 1)), Costs.FEW);
    }
    if (how.timeoutNanos() < 0) {
      return new Step.Spin(in);
    }
    if (cpu.cycle() < deadlineCycle) {
      return Step.next(this, POLL_CYCLES);
    }
    cpu.printk("KGDB: Timed out waiting for secondary CPUs.");
    return Step.next(to(At.CHANGE_TEXT, 0), Costs.PRINTK);
  }

  private Step set(KernelCpu cpu, long variable, long value, At then) {
    if (cpu.lacks(StoreKind.PLAIN, variable)) {
      return Step.stall(StoreKind.PLAIN, variable);
    }
    cpu.store(StoreKind.PLAIN, variable, value);
    return Step.next(to(then, 0), Costs.FEW);
  }

  private KgdbSession to(At where, int cpu) {
    return new KgdbSession(where, how, others, cpu, deadlineCycle);
  }

  @Override
  public Optional<Wait> waitsFor(KernelCpu cpu) {
    return at == At.COLLECT && next >= 0
        ? Optional.of(new Wait.Handler(function(), "kgdb roundup", next))
        : Optional.empty();
  }

  /** What the IPI does on a CPU that is rounded up: stay here until the debugging CPU lets it go. */
  public record Callback(CallbackAt at) implements Frame {
    /** Where execution is. */
    public enum CallbackAt {
      LOOK,
      COME,
      STAY,
      GO
    }

    public static Frame call() {
      return new Callback(CallbackAt.LOOK);
    }

    @Override
    public String function() {
      return "kgdb_nmicallback";
    }

    @Override
    public Step step(KernelCpu cpu) {
      ProtocolMemory memory = ProtocolMemory.of(cpu.memory());
      long active = memory.kgdbActive();
      long in = memory.inKgdb(cpu.cpu());
      return switch (at) {
        case LOOK, STAY -> {
          if (cpu.lacks(AccessKind.LOAD, active)) {
            yield Step.stall(AccessKind.LOAD, active);
          }
          boolean held = cpu.load(active) != 0;
          if (at == CallbackAt.LOOK) {
            // too late: the debugger has gone on without this CPU
            yield held ? Step.next(new Callback(CallbackAt.COME), Costs.FEW) : Step.done(Costs.FEW);
          }
          yield held ? new Step.Spin(active) : Step.next(new Callback(CallbackAt.GO), Costs.FEW);
        }
        case COME, GO -> {
          if (cpu.lacks(AccessKind.STORE, in)) {
            yield Step.stall(AccessKind.STORE, in);
          }
          cpu.store(in, at == CallbackAt.COME ? 1 : 0);
          yield at == CallbackAt.COME
              ? Step.next(new Callback(CallbackAt.STAY), Costs.FEW)
              : Step.done(Costs.CALL);
        }
      };
    }

    @Override
    public Optional<Wait> waitsFor(KernelCpu cpu) {
      long active = ProtocolMemory.of(cpu.memory()).kgdbActive();
      if (at != CallbackAt.STAY || cpu.lacks(AccessKind.LOAD, active) || cpu.load(active) == 0) {
        return Optional.empty();
      }
      return Optional.of(new Wait.SpinLock(function(), "kgdb_active", (int) cpu.load(active) - 1));
    }
  }
}
