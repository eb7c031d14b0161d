package stillpoint.kernel.fault;

import java.util.Optional;
import stillpoint.kernel.irq.IpiKind;
import stillpoint.kernel.smp.CallFunction;
import stillpoint.machine.interrupt.CpuSet;

/**
 * A fault of a scenario. Plain data; docs/faults.md says what each does. Times are virtual nanoseconds, but for those of host
 * faults that say otherwise. A fault only ever adds to a latency, so lookaheads stay true.
 */
public sealed interface Fault {
  /** Its place in the scenario's list, from 1: its name in reports. */
  int number();

  FaultKind kind();

  /** The same fault under another number. */
  Fault numbered(int other);

  /** Hurts the simulated machine; part of what a run's result depends on. */
  sealed interface OfMachine extends Fault {
    Trigger trigger();

    @Override
    OfMachine numbered(int other);
  }

  /** Hurts what the simulator runs on, and changes no result. */
  sealed interface OfHost extends Fault {
    /** Virtual time that the run must have come to. */
    long atNanos();

    @Override
    OfHost numbered(int other);
  }

  /**
   * Which IPIs. An IPI to several CPUs is one to each of them, in ascending order.
   *
   * @param from CPUs that send it
   * @param to CPUs that it is for
   * @param type of this kind only
   * @param function of call-function IPIs, those for a call of this function only
   */
  record Ipis(CpuSet from, CpuSet to, Optional<IpiKind> type, Optional<CallFunction> function) {
    public boolean matches(int sender, int target, IpiKind kind, CallFunction called) {
      return from.contains(sender)
          && to.contains(target)
          && (type.isEmpty() || type.get() == kind)
          && (function.isEmpty() || function.get() == called);
    }
  }

  /** IPIs never come to the interrupt controller. */
  record IpiLost(int number, Ipis ipis, Trigger trigger) implements OfMachine {
    @Override
    public FaultKind kind() {
      return FaultKind.IPI_LOST;
    }

    @Override
    public IpiLost numbered(int other) {
      return new IpiLost(other, ipis, trigger);
    }
  }

  /** The interrupt controller sits on IPIs for {@code byNanos} before it acts on them; others pass them meanwhile. */
  record IpiDelayed(int number, Ipis ipis, long byNanos, Trigger trigger) implements OfMachine {
    @Override
    public FaultKind kind() {
      return FaultKind.IPI_DELAYED;
    }

    @Override
    public IpiDelayed numbered(int other) {
      return new IpiDelayed(other, ipis, byNanos, trigger);
    }
  }

  /** IPIs come to the interrupt controller a second time, {@code byNanos} later. */
  record IpiDuplicated(int number, Ipis ipis, long byNanos, Trigger trigger) implements OfMachine {
    @Override
    public FaultKind kind() {
      return FaultKind.IPI_DUPLICATED;
    }

    @Override
    public IpiDuplicated numbered(int other) {
      return new IpiDuplicated(other, ipis, byNanos, trigger);
    }
  }

  /** An interrupt that nobody asked for is raised at each of {@code cpus}. */
  record SpuriousIrq(int number, CpuSet cpus, Line line, Trigger trigger) implements OfMachine {
    /** What is raised. */
    public enum Line {
      CALL_FUNCTION,
      RESCHED,
      ICACHE_FLUSH,
      TIMER,
      CONSOLE
    }

    @Override
    public FaultKind kind() {
      return FaultKind.SPURIOUS_IRQ;
    }

    @Override
    public SpuriousIrq numbered(int other) {
      return new SpuriousIrq(other, cpus, line, trigger);
    }
  }

  /** A device interrupts each of {@code cpus}, and its driver's handler takes {@code forNanos}, irqs off. */
  record IrqsHeld(int number, CpuSet cpus, long forNanos, Trigger trigger) implements OfMachine {
    @Override
    public FaultKind kind() {
      return FaultKind.IRQS_HELD;
    }

    @Override
    public IrqsHeld numbered(int other) {
      return new IrqsHeld(other, cpus, forNanos, trigger);
    }
  }

  /** The cores of {@code cpus} stand still for {@code forNanos}, or for ever; their caches go on answering. */
  record CpuFrozen(int number, CpuSet cpus, long forNanos, Trigger trigger) implements OfMachine {
    @Override
    public FaultKind kind() {
      return FaultKind.CPU_FROZEN;
    }

    @Override
    public CpuFrozen numbered(int other) {
      return new CpuFrozen(other, cpus, forNanos, trigger);
    }
  }

  /**
   * The cores of {@code cpus} stand still for all but one part in {@code factor} of each turn.
   *
   * @param forNanos how long they are slow; {@link Trigger#EVER} for ever
   * @param turnNanos how long a turn takes
   */
  record CpuSlow(
      int number, CpuSet cpus, int factor, long turnNanos, long forNanos, Trigger trigger)
      implements OfMachine {
    @Override
    public FaultKind kind() {
      return FaultKind.CPU_SLOW;
    }

    @Override
    public CpuSlow numbered(int other) {
      return new CpuSlow(other, cpus, factor, turnNanos, forNanos, trigger);
    }
  }

  /** CP0 Count of {@code cpus}, from which their kernel reads the time, jumps ahead by {@code byNanos}, or back. */
  record ClockSkew(int number, CpuSet cpus, long byNanos, Trigger trigger) implements OfMachine {
    @Override
    public FaultKind kind() {
      return FaultKind.CLOCK_SKEW;
    }

    @Override
    public ClockSkew numbered(int other) {
      return new ClockSkew(other, cpus, byNanos, trigger);
    }
  }

  /** Stores of {@code cpus} to the word of text at {@code physical} fault. */
  record StoreFault(int number, CpuSet cpus, long physical, Trigger trigger) implements OfMachine {
    @Override
    public FaultKind kind() {
      return FaultKind.STORE_FAULT;
    }

    @Override
    public StoreFault numbered(int other) {
      return new StoreFault(other, cpus, physical, trigger);
    }
  }

  /** Bit {@code bit} (0 the lowest) of the word at {@code physical} flips in memory. */
  record BitFlip(int number, long physical, int bit, Trigger trigger) implements OfMachine {
    @Override
    public FaultKind kind() {
      return FaultKind.BIT_FLIP;
    }

    @Override
    public BitFlip numbered(int other) {
      return new BitFlip(other, physical, bit, trigger);
    }
  }

  /** Memory takes {@code byNanos} longer to read a line that begins within {@code lines}. */
  record SlowMemory(int number, Range lines, long byNanos, Trigger trigger) implements OfMachine {
    /** Physical addresses, both included. */
    public record Range(long first, long last) {
      public static final Range ALL = new Range(0, Long.MAX_VALUE);

      public boolean holds(long physical) {
        return physical >= first && physical <= last;
      }
    }

    @Override
    public FaultKind kind() {
      return FaultKind.SLOW_MEMORY;
    }

    @Override
    public SlowMemory numbered(int other) {
      return new SlowMemory(other, lines, byNanos, trigger);
    }
  }

  /** Messages from {@code from} to {@code to} take {@code byNanos} longer, and back too unless {@code oneWay}. */
  record SlowLink(
      int number, LinkEnd from, LinkEnd to, boolean oneWay, long byNanos, Trigger trigger)
      implements OfMachine {
    @Override
    public FaultKind kind() {
      return FaultKind.SLOW_LINK;
    }

    @Override
    public SlowLink numbered(int other) {
      return new SlowLink(other, from, to, oneWay, byNanos, trigger);
    }
  }

  /** The JVM process of node {@code node} of the run is killed. */
  record NodeKill(int number, int node, long atNanos) implements OfHost {
    @Override
    public FaultKind kind() {
      return FaultKind.NODE_KILL;
    }

    @Override
    public NodeKill numbered(int other) {
      return new NodeKill(other, node, atNanos);
    }
  }

  /** The JVM process of node {@code node} is stopped for {@code hostNanos} of the host's time. */
  record NodePause(int number, int node, long hostNanos, long atNanos) implements OfHost {
    @Override
    public FaultKind kind() {
      return FaultKind.NODE_PAUSE;
    }

    @Override
    public NodePause numbered(int other) {
      return new NodePause(other, node, hostNanos, atNanos);
    }
  }

  /** Node {@code node} and all others hear nothing of each other for {@code hostNanos} of the host's time. */
  record Partition(int number, int node, long hostNanos, long atNanos) implements OfHost {
    @Override
    public FaultKind kind() {
      return FaultKind.PARTITION;
    }

    @Override
    public Partition numbered(int other) {
      return new Partition(other, node, hostNanos, atNanos);
    }
  }

  /** The actor that carries a CPU fails. */
  record ActorCrash(int number, int cpu, long atNanos) implements OfHost {
    @Override
    public FaultKind kind() {
      return FaultKind.ACTOR_CRASH;
    }

    @Override
    public ActorCrash numbered(int other) {
      return new ActorCrash(other, cpu, atNanos);
    }
  }
}
