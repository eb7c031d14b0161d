package stillpoint.kernel.wait;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import stillpoint.kernel.cpu.CpuReport;
import stillpoint.kernel.stop.StopState;

/**
 * Who waits for whom at a cut, and whether it can ever end.
 *
 * <p>A spinning CPU goes on only when others act: release a csd, acknowledge a state, unlock a mutex. Each such act takes
 * the other CPU a moment in which it runs other code than its own spin: with irqs off it cannot take an IPI, and in a
 * spin it cannot reach an acknowledgement, unless its stopper may still preempt that spin. Let D be the largest set of spinning CPUs such that each needs an act of
 * another member that this member, being in D, cannot perform. No event can ever change anything inside D: that is the
 * proof of the deadlock. It uses nothing but the CPUs' own reports.
 */
public final class WaitForGraph {
  private final List<CpuReport> cpus;

  /** For each spinning CPU those that have to act by all appearances, whether or not they can; null for the others. */
  private final BitSet[] needs;

  private Wait.StopMachineState lastStop;
  private BitSet lastUnacknowledged;

  /**
   * @param cpus every CPU's report at one cut, in order
   */
  public WaitForGraph(List<CpuReport> cpus) {
    this.cpus = cpus;
    this.needs = new BitSet[cpus.size()];
    for (CpuReport cpu : cpus) {
      cpu.blocked().ifPresent(blocked -> needs[cpu.cpu()] = needsOf(blocked.reason()));
    }
  }

  private BitSet needsOf(Wait wait) {
    BitSet needed = new BitSet();
    switch (wait) {
      case Wait.Csd csd -> {
        needed.set(csd.targets().next(0));
        // the later ones are looked at when their turn comes: here those that have not even taken
        // the IPI
        csd.targets().stream().filter(cpu -> callPending(cpus.get(cpu))).forEach(needed::set);
      }
      case Wait.CsdReuse reuse -> needed.set(reuse.target());
      case Wait.StopMachineState stop -> {
        return unacknowledged(stop);
      }
      case Wait.Mutex mutex -> needed.set(mutex.owner());
    }
    return needed;
  }

  /** Everybody in a stop_machine waits for the same CPUs, so their set is made once: else it would cost CPUs squared. */
  private BitSet unacknowledged(Wait.StopMachineState stop) {
    if (lastStop == null
        || lastStop.state() != stop.state()
        || !lastStop.participants().equals(stop.participants())) {
      lastStop = stop;
      lastUnacknowledged = new BitSet();
      for (int cpu = stop.participants().next(0);
          cpu >= 0;
          cpu = stop.participants().next(cpu + 1)) {
        if (!hasAcknowledged(cpus.get(cpu), stop.state())) {
          lastUnacknowledged.set(cpu);
        }
      }
    }
    return lastUnacknowledged;
  }

  private static boolean callPending(CpuReport cpu) {
    return cpu.pendingInterrupts().stream()
        .anyMatch(name -> name.startsWith("call-function") || name.startsWith("mailbox"));
  }

  private static boolean hasAcknowledged(CpuReport cpu, StopState state) {
    return cpu.stopProgress()
        .map(
            progress ->
                progress.seen().compareTo(state) > 0
                    || progress.seen() == state && progress.acknowledged())
        .orElse(false);
  }

  /** CPUs that {@code cpu} waits for and that have to act; empty if it does not spin. */
  public BitSet needsOf(int cpu) {
    return needs[cpu] == null ? new BitSet() : (BitSet) needs[cpu].clone();
  }

  /** Whether {@code provider}, if its spin never ends, can still do what {@code waiter} waits for. */
  private static boolean canActFromSpin(CpuReport waiter, CpuReport provider) {
    return switch (waiter.blocked().orElseThrow().reason()) {
      case Wait.Csd _, Wait.CsdReuse _ -> provider.irqsOn();
      case Wait.StopMachineState _ -> provider.stopProgress().isEmpty() && mayBePreempted(provider);
      case Wait.Mutex _ -> false;
    };
  }

  /** Whether a task of higher priority can come to run there: its wake-up may be on its way. */
  private static boolean mayBePreempted(CpuReport cpu) {
    return cpu.irqsOn() && cpu.preemptCount() == 0;
  }

  /**
   * Whether {@code cpu} certainly cannot go on before {@code other} has acted. Of the targets of a csd only the first is
   * certain: a later one may have released its csd already, and have another CPU's IPI pending.
   */
  private boolean certainlyNeeds(int cpu, int other) {
    return switch (cpus.get(cpu).blocked().orElseThrow().reason()) {
      case Wait.Csd csd -> other == csd.targets().next(0);
      case Wait.CsdReuse _, Wait.StopMachineState _, Wait.Mutex _ -> needs[cpu].get(other);
    };
  }

  /** The largest set of CPUs that can never go on; empty if there is none. */
  public BitSet dead() {
    BitSet dead = new BitSet();
    for (int cpu = 0; cpu < needs.length; cpu++) {
      dead.set(cpu, needs[cpu] != null);
    }
    // waiters of a stop_machine share the set they wait for, and the dead only become fewer: if it
    // holds one of them no longer, it holds none
    BitSet harmless = null;
    boolean changed = true;
    while (changed) {
      changed = false;
      for (int cpu = dead.nextSetBit(0); cpu >= 0; cpu = dead.nextSetBit(cpu + 1)) {
        if (needs[cpu] == harmless || !isStuck(cpu, dead)) {
          harmless = needs[cpu];
          dead.clear(cpu);
          changed = true;
        }
      }
    }
    return dead;
  }

  private boolean isStuck(int cpu, BitSet dead) {
    BitSet needed = needs[cpu];
    for (int other = needed.nextSetBit(0); other >= 0; other = needed.nextSetBit(other + 1)) {
      if (dead.get(other)
          && certainlyNeeds(cpu, other)
          && !canActFromSpin(cpus.get(cpu), cpus.get(other))) {
        return true;
      }
    }
    return false;
  }

  /**
   * A knot of dead CPUs, each with those dead ones that it waits for: the one most others wait for comes first, the rest
   * in order. Empty if nobody is dead.
   */
  public Optional<Knot> knot() {
    BitSet dead = dead();
    if (dead.isEmpty()) {
      return Optional.empty();
    }
    BitSet members = reachable(onCycle(dead), dead);
    int[] waiters = new int[cpus.size()];
    members.stream().forEach(cpu -> stuckOn(cpu, dead).stream().forEach(other -> waiters[other]++));
    int centre = members.stream().reduce((a, b) -> waiters[b] > waiters[a] ? b : a).orElseThrow();
    List<Edge> edges = new ArrayList<>();
    edges.add(new Edge(centre, stuckOn(centre, dead)));
    members.stream()
        .filter(cpu -> cpu != centre)
        .forEach(cpu -> edges.add(new Edge(cpu, stuckOn(cpu, dead))));
    return Optional.of(new Knot(edges));
  }

  /** A CPU and those it waits for. */
  public record Edge(int cpu, BitSet waitsFor) {}

  /** CPUs that wait for each other in a circle, or in several. */
  public record Knot(List<Edge> edges) {}

  /** Those of {@code dead} that {@code cpu} waits for and that cannot do what it waits for. */
  private BitSet stuckOn(int cpu, BitSet dead) {
    BitSet on = needsOf(cpu);
    on.and(dead);
    for (int other = on.nextSetBit(0); other >= 0; other = on.nextSetBit(other + 1)) {
      on.set(other, !canActFromSpin(cpus.get(cpu), cpus.get(other)));
    }
    return on;
  }

  /** Following any edge for ever inside a finite set ends in a circle. */
  private int onCycle(BitSet dead) {
    BitSet seen = new BitSet();
    int cpu = dead.nextSetBit(0);
    while (!seen.get(cpu)) {
      seen.set(cpu);
      cpu = stuckOn(cpu, dead).nextSetBit(0);
    }
    return cpu;
  }

  private BitSet reachable(int from, BitSet dead) {
    BitSet reached = new BitSet();
    BitSet frontier = new BitSet();
    frontier.set(from);
    while (!frontier.isEmpty()) {
      int cpu = frontier.nextSetBit(0);
      frontier.clear(cpu);
      reached.set(cpu);
      BitSet next = stuckOn(cpu, dead);
      next.andNot(reached);
      frontier.or(next);
    }
    return reached;
  }
}
