package stillpoint.clusterconfig;

import java.util.ArrayList;
import java.util.List;
import stillpoint.kernel.config.GuestConfig;
import stillpoint.kernel.config.KernelConfig;
import stillpoint.kernel.fault.Fault;
import stillpoint.kernel.fault.FaultKind;
import stillpoint.kernel.fault.LinkEnd;
import stillpoint.kernel.fault.Trigger;
import stillpoint.machine.board.Board;
import stillpoint.machine.interconnect.MachineMap;
import stillpoint.machine.interrupt.CpuSet;

/** Reads {@code faults}. What contradicts itself or can never strike is refused. */
final class FaultReader {
  private static final int MOST_FACTOR = 1000;
  private static final int MOST_NODES = 64;

  private final Board board;
  private final FaultKeys keys;
  private final long limitNanos;

  FaultReader(Board board, KernelConfig kernel, GuestConfig guest, long limitNanos) {
    this.board = board;
    this.keys = new FaultKeys(board, kernel, guest, limitNanos);
    this.limitNanos = limitNanos;
  }

  List<Fault> readAll(List<Section> sections) {
    List<Fault> faults = new ArrayList<>();
    for (Section section : sections) {
      FaultKind kind = section.choice("kind", FaultKind.class);
      int number = faults.size() + 1;
      faults.add(kind.ofHost() ? host(section, kind, number) : machine(section, kind, number));
      section.refuseUnknownKeys();
    }
    return faults;
  }

  private Fault machine(Section fault, FaultKind kind, int number) {
    return switch (kind) {
      case IPI_LOST -> new Fault.IpiLost(number, keys.ipis(fault), keys.ofMatches(fault, true));
      case IPI_DELAYED ->
          new Fault.IpiDelayed(
              number, keys.ipis(fault), keys.span(fault, "by"), keys.ofMatches(fault, true));
      case IPI_DUPLICATED ->
          new Fault.IpiDuplicated(
              number,
              keys.ipis(fault),
              fault.has("by") ? keys.span(fault, "by") : 1_000,
              keys.ofMatches(fault, true));
      case SPURIOUS_IRQ ->
          new Fault.SpuriousIrq(
              number,
              keys.cpus(fault, "cpu"),
              fault.choice("line", Fault.SpuriousIrq.Line.class),
              keys.once(fault));
      case IRQS_HELD ->
          new Fault.IrqsHeld(
              number, keys.cpus(fault, "cpu"), keys.span(fault, "for"), keys.once(fault));
      case CPU_FROZEN ->
          new Fault.CpuFrozen(
              number, keys.cpus(fault, "cpu"), keys.spanOrEver(fault, "for"), keys.once(fault));
      case CPU_SLOW -> cpuSlow(fault, number);
      case CLOCK_SKEW -> clockSkew(fault, number);
      case STORE_FAULT -> {
        CpuSet cpus = keys.cpusOrAny(fault, "cpu");
        long physical = keys.word(fault);
        keys.requirePatched(fault, physical);
        yield new Fault.StoreFault(number, cpus, physical, keys.ofMatches(fault, true));
      }
      case BIT_FLIP -> bitFlip(fault, number);
      case SLOW_MEMORY -> slowMemory(fault, number);
      case SLOW_LINK -> slowLink(fault, number);
      case NODE_KILL, NODE_PAUSE, PARTITION, ACTOR_CRASH ->
          throw new IllegalArgumentException(kind + " hurts a host");
    };
  }

  private Fault cpuSlow(Section fault, int number) {
    CpuSet cpus = keys.cpus(fault, "cpu");
    int factor = fault.count("factor", 2, MOST_FACTOR);
    long turn = fault.has("turn") ? keys.span(fault, "turn") : 10_000;
    long oneCycleEach = Math.ceilDiv(1000L * factor, board.clockMhz());
    if (turn < oneCycleEach) {
      throw fault.bad(
          "turn", "leaves the CPU no cycle to run", "give at least " + oneCycleEach + "ns");
    }
    long span = fault.has("for") ? keys.spanOrEver(fault, "for") : Trigger.EVER;
    return new Fault.CpuSlow(number, cpus, factor, turn, span, keys.once(fault));
  }

  private Fault clockSkew(Section fault, int number) {
    CpuSet cpus = keys.cpus(fault, "cpu");
    long by = fault.signedNanos("by");
    if (by == 0) {
      throw fault.bad("by", "does nothing", "give a time other than 0, for instance 25s or -25s");
    }
    return new Fault.ClockSkew(number, cpus, by, keys.once(fault));
  }

  /** At a time, or when its line is read from memory for the nth time. */
  private Fault bitFlip(Section fault, int number) {
    long physical = keys.word(fault);
    int bit = fault.count("bit", 0, Integer.SIZE - 1);
    Trigger trigger = keys.trigger(fault, Trigger.EVER, false);
    if (trigger.nth() == 0) {
      keys.requireTime(fault);
    }
    return new Fault.BitFlip(number, physical, bit, trigger);
  }

  private Fault slowMemory(Section fault, int number) {
    Fault.SlowMemory.Range lines = Fault.SlowMemory.Range.ALL;
    if (fault.has("from-address") || fault.has("to-address")) {
      long first = fault.has("from-address") ? keys.address(fault, "from-address") : 0;
      long last = fault.has("to-address") ? keys.address(fault, "to-address") : lines.last();
      if (last < first) {
        throw fault.bad("to-address", "lies below from-address", "swap them");
      }
      lines = new Fault.SlowMemory.Range(first, last);
    }
    return new Fault.SlowMemory(
        number, lines, keys.span(fault, "by"), keys.ofMatches(fault, false));
  }

  private Fault slowLink(Section fault, int number) {
    LinkEnd from = keys.linkEnd(fault, "from");
    LinkEnd to = keys.linkEnd(fault, "to");
    boolean cpuToCpu = isCpus(from) && isCpus(to);
    boolean noCpu = isNoCpu(from) && isNoCpu(to);
    if (cpuToCpu || noCpu) {
      throw fault.bad(
          "to",
          "never matches: links join a CPU with memory, the controller or the console",
          "name a CPU at one end and one of those, or a board, at the other");
    }
    boolean oneWay = fault.has("one-way") && fault.flag("one-way");
    return new Fault.SlowLink(
        number, from, to, oneWay, keys.span(fault, "by"), keys.ofMatches(fault, false));
  }

  private static boolean isCpus(LinkEnd end) {
    return end instanceof LinkEnd.Cpus
        || end instanceof LinkEnd.OfKind(MachineMap.Kind kind) && kind == MachineMap.Kind.CPU;
  }

  private static boolean isNoCpu(LinkEnd end) {
    return end instanceof LinkEnd.OfKind(MachineMap.Kind kind) && kind != MachineMap.Kind.CPU;
  }

  private Fault host(Section fault, FaultKind kind, int number) {
    long at = fault.nanos("at");
    if (at >= limitNanos) {
      throw fault.bad("at", "is after the end, limits.virtual-time", "make one fit the other");
    }
    if (kind == FaultKind.ACTOR_CRASH) {
      CpuSet cpus = keys.cpus(fault, "cpu");
      if (cpus.size() != 1) {
        throw fault.bad("cpu", "names several CPUs", "give one, for instance cpu = 3");
      }
      return new Fault.ActorCrash(number, cpus.next(0), at);
    }
    int node = fault.count("node", 0, MOST_NODES - 1);
    return switch (kind) {
      case NODE_KILL -> new Fault.NodeKill(number, node, at);
      case NODE_PAUSE -> new Fault.NodePause(number, node, keys.span(fault, "for"), at);
      case PARTITION -> new Fault.Partition(number, node, keys.span(fault, "for"), at);
      default -> throw new IllegalArgumentException(kind + " hurts no host");
    };
  }
}
