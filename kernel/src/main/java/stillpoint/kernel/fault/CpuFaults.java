package stillpoint.kernel.fault;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import stillpoint.kernel.irq.IpiKind;
import stillpoint.kernel.smp.CallFunction;
import stillpoint.kernel.system.MachineSetup;
import stillpoint.machine.board.Board;
import stillpoint.machine.time.LogicalProcess;
import stillpoint.machine.time.StateHash;

/**
 * The faults about which one CPU decides: those that hurt it, and those of the IPIs that it sends. It sees what its own kernel
 * does and nothing else, so they are the same wherever the CPU is simulated. Mutable, owned by the CPU.
 */
public final class CpuFaults {
  private static final long NEVER = LogicalProcess.NEVER;

  /** A fault and how far this CPU is with it. */
  private record Armed(Fault.OfMachine fault, TriggerState state) {}

  /** A driver's handler that waits for its interrupt to be taken. */
  private record HeldIrqs(int number, long nanos) {}

  private final int cpu;
  private final Board board;
  private final StrikeLog log = new StrikeLog();
  private final List<Armed> once = new ArrayList<>(0);
  private final List<Armed> matching = new ArrayList<>(0);
  private final ArrayDeque<HeldIrqs> drivers = new ArrayDeque<>(1);
  private SlowTurns slow = SlowTurns.NONE;
  private long dueCycle;

  public CpuFaults(int cpu, MachineSetup setup) {
    this.cpu = cpu;
    this.board = setup.board();
    for (Fault.OfMachine fault : setup.faults()) {
      if (Triggers.decidedByCpus(fault) && concerns(fault)) {
        var random = TriggerState.randomOf(setup.seed(), fault.number(), cpu);
        TriggerState state = new TriggerState(fault.trigger(), board, random);
        (Triggers.strikesOnce(fault) ? once : matching).add(new Armed(fault, state));
      }
    }
    plan();
  }

  private boolean concerns(Fault.OfMachine fault) {
    return switch (fault) {
      case Fault.IpiLost lost -> lost.ipis().from().contains(cpu);
      case Fault.IpiDelayed delayed -> delayed.ipis().from().contains(cpu);
      case Fault.IpiDuplicated twice -> twice.ipis().from().contains(cpu);
      case Fault.SpuriousIrq irq -> irq.cpus().contains(cpu);
      case Fault.IrqsHeld held -> held.cpus().contains(cpu);
      case Fault.CpuFrozen frozen -> frozen.cpus().contains(cpu);
      case Fault.CpuSlow slowed -> slowed.cpus().contains(cpu);
      case Fault.ClockSkew skew -> skew.cpus().contains(cpu);
      case Fault.StoreFault store -> store.cpus().contains(cpu);
      case Fault.BitFlip _, Fault.SlowMemory _, Fault.SlowLink _ -> false;
    };
  }

  /** Where this CPU notes what struck. */
  public StrikeLog log() {
    return log;
  }

  // ---- moments

  /** Whether anything hangs on what the kernel does here. */
  public boolean watches() {
    return !once.isEmpty() || !matching.isEmpty();
  }

  /** Something has happened on this CPU. */
  public void comes(Moment moment, long cycle) {
    for (Armed one : once) {
      one.state().comes(moment, cycle, true);
    }
    for (Armed one : matching) {
      one.state().comes(moment, cycle, false);
    }
    plan();
  }

  // ---- what strikes by itself

  /** What a fault does to a CPU. */
  public interface Victim {
    void raise(Fault.SpuriousIrq.Line line, long cycle);

    /** A device's interrupt; {@link #takeDriver} says how long its handler takes. */
    void raiseDevice(long cycle);

    /** {@code cycles}: {@link LogicalProcess#NEVER} for ever. */
    void standStill(int number, long cycle, long cycles);

    void skewClock(long nanos, long cycle);
  }

  /** When the next fault is due that strikes by itself. */
  public long dueCycle() {
    return dueCycle;
  }

  private void plan() {
    dueCycle = once.stream().mapToLong(one -> one.state().dueCycle()).min().orElse(NEVER);
  }

  /** Strikes with all that is due at {@link #dueCycle}, in the order of their numbers. */
  public void strike(Victim victim) {
    long cycle = dueCycle;
    for (Armed one : once) {
      if (one.state().dueCycle() == cycle && one.state().strikesNow()) {
        strike(one.fault(), cycle, victim);
      }
    }
    plan();
  }

  private void strike(Fault.OfMachine fault, long cycle, Victim victim) {
    switch (fault) {
      case Fault.SpuriousIrq irq -> {
        note(fault, irq.line().name().toLowerCase(Locale.ROOT).replace('_', '-'), cycle);
        victim.raise(irq.line(), cycle);
      }
      case Fault.IrqsHeld held -> {
        note(fault, "driver's interrupt", cycle);
        drivers.add(new HeldIrqs(held.number(), held.forNanos()));
        victim.raiseDevice(cycle);
      }
      case Fault.CpuFrozen frozen -> {
        note(fault, "core", cycle);
        victim.standStill(frozen.number(), cycle, cyclesOf(frozen.forNanos()));
      }
      case Fault.CpuSlow slowed -> {
        note(fault, "core", cycle);
        long cycles = cyclesOf(slowed.forNanos());
        slow =
            new SlowTurns(
                cycle,
                cycles == NEVER ? NEVER : cycle + cycles,
                board.cycleAt(slowed.turnNanos()),
                slowed.factor());
      }
      case Fault.ClockSkew skew -> {
        note(fault, "CP0 Count", cycle);
        victim.skewClock(skew.byNanos(), cycle);
      }
      case Fault.IpiLost _,
          Fault.IpiDelayed _,
          Fault.IpiDuplicated _,
          Fault.StoreFault _,
          Fault.BitFlip _,
          Fault.SlowMemory _,
          Fault.SlowLink _ ->
          throw new IllegalArgumentException(fault + " does not strike by itself");
    }
  }

  private void note(Fault fault, String what, long cycle) {
    log.add(fault.number(), cpu, Strike.NOBODY, what, cycle);
  }

  private long cyclesOf(long nanos) {
    return nanos == Trigger.EVER ? NEVER : board.cycleAt(nanos);
  }

  /** Which turns the core stands still for. */
  public SlowTurns slow() {
    return slow;
  }

  /** Nanoseconds that the handler of the device takes whose interrupt is being taken, or 0 if there is none. */
  public long takeDriver() {
    HeldIrqs next = drivers.poll();
    return next == null ? 0 : next.nanos();
  }

  /** Whether another device's interrupt is pending. */
  public boolean driversWait() {
    return !drivers.isEmpty();
  }

  // ---- IPIs that this CPU sends

  /** What becomes of an IPI to one CPU: whether it goes out, and the cycles by which each copy is late. */
  public record Fate(boolean lost, long lateCycles, List<Long> copiesLateCycles) {
    private static final Fate NONE = new Fate(false, 0, List.of());
  }

  /** Whether any IPI could be struck. */
  public boolean strikesIpis() {
    return !matching.isEmpty();
  }

  /** Asked once for each target of an IPI, in ascending order. */
  public Fate ipi(IpiKind kind, CallFunction functionOrNull, int target, long cycle) {
    Fate fate = Fate.NONE;
    for (Armed one : matching) {
      Fault.Ipis ipis = ipisOf(one.fault());
      boolean struck =
          ipis != null
              && ipis.matches(cpu, target, kind, functionOrNull)
              && one.state().strikes(cycle);
      if (struck) {
        log.add(one.fault().number(), target, cpu, kind.text() + " IPI", cycle);
        fate = worse(fate, one.fault());
      }
    }
    return fate;
  }

  private static Fault.Ipis ipisOf(Fault.OfMachine fault) {
    return switch (fault) {
      case Fault.IpiLost lost -> lost.ipis();
      case Fault.IpiDelayed delayed -> delayed.ipis();
      case Fault.IpiDuplicated twice -> twice.ipis();
      default -> null;
    };
  }

  /** A copy is not lost with the IPI that it is a copy of. */
  private Fate worse(Fate fate, Fault.OfMachine fault) {
    return switch (fault) {
      case Fault.IpiLost _ -> new Fate(true, fate.lateCycles(), fate.copiesLateCycles());
      case Fault.IpiDelayed delayed ->
          new Fate(
              fate.lost(),
              fate.lateCycles() + board.cycleAt(delayed.byNanos()),
              fate.copiesLateCycles());
      case Fault.IpiDuplicated twice -> {
        List<Long> copies = new ArrayList<>(fate.copiesLateCycles());
        copies.add(board.cycleAt(twice.byNanos()));
        yield new Fate(fate.lost(), fate.lateCycles(), List.copyOf(copies));
      }
      default -> fate;
    };
  }

  // ---- stores to text

  /** Whether a store of this CPU to the word of text at {@code physical} faults. Asked once a store. */
  public boolean storeFaults(long physical, long cycle) {
    boolean faults = false;
    for (Armed one : matching) {
      if (one.fault() instanceof Fault.StoreFault store
          && store.physical() == physical
          && one.state().strikes(cycle)) {
        log.add(store.number(), cpu, Strike.NOBODY, "store to text", cycle);
        faults = true;
      }
    }
    return faults;
  }

  /** Asked only where {@link #watches}. */
  public void foldState(StateHash hash) {
    for (Armed one : once) {
      one.state().foldState(hash);
    }
    for (Armed one : matching) {
      one.state().foldState(hash);
    }
    log.foldState(hash);
    hash.fold(drivers.size());
  }

  /** How far all faults of a machine together can hold up an IPI, there or back, in cycles. */
  public static long mostIpiDelayCycles(MachineSetup setup) {
    long sum = 0;
    for (Fault.OfMachine fault : setup.faults()) {
      sum +=
          switch (fault) {
            case Fault.IpiDelayed delayed -> setup.board().cycleAt(delayed.byNanos());
            case Fault.IpiDuplicated twice -> setup.board().cycleAt(twice.byNanos());
            case Fault.SlowLink slowed -> 2 * setup.board().cycleAt(slowed.byNanos());
            default -> 0;
          };
    }
    return sum;
  }
}
