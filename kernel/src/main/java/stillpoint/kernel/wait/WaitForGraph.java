package stillpoint.kernel.wait;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import stillpoint.kernel.cpu.CpuReport;

/**
 * Who waits for whom at a cut, and whether it can ever end.
 *
 * <p>A spinning CPU goes on only when others act: release a csd, acknowledge a state, unlock a mutex. Each such act takes
 * the other CPU a moment in which it runs other code than its own spin: with irqs off it cannot take an IPI, and in a
 * spin it cannot reach an acknowledgement, unless its stopper may still preempt that spin. Let D be the largest set of spinning CPUs such that each needs an act of
 * another member that this member, being in D, cannot perform. No event can ever change anything inside D: that is the
 * proof of the deadlock. It uses nothing but the CPUs' own reports.
 *
 * <p>Most waits are for all of those named: one of them that cannot act is enough. A wait for any is hopeless only when none
 * of them can. A shell that sleeps is a node of its own, beside its CPU, which does other things meanwhile: it is the one
 * that owns mutexes, and it can act when what it sleeps for comes. Node numbers: a CPU's own, and CPUs + n for the shell of CPU n.
 */
public final class WaitForGraph {
  private final List<CpuReport> cpus;

  /** By node: what it waits for, or null. */
  private final Wait[] waits;

  /** By node: those nodes that have to act by all appearances, whether or not they can; null for who does not wait. */
  private final BitSet[] needs;

  /** The set of CPUs that a state is missing from is asked for by every CPU that waits for it. */
  private Wait.StopMachineState lastState;

  private BitSet lastMissing;

  /** Whether an acknowledgement of that state is lost; on large machines asked for by every CPU too. */
  private boolean lastLost;

  /**
   * @param cpus every CPU's report at one cut, in order
   */
  public WaitForGraph(List<CpuReport> cpus) {
    this.cpus = cpus;
    this.waits = new Wait[2 * cpus.size()];
    this.needs = new BitSet[2 * cpus.size()];
    for (CpuReport cpu : cpus) {
      cpu.blocked().ifPresent(blocked -> waits[cpu.cpu()] = blocked.reason());
      cpu.activity()
          .sleepingShell()
          .ifPresent(sleep -> waits[cpus.size() + cpu.cpu()] = sleep.reason());
    }
    for (int node = 0; node < waits.length; node++) {
      needs[node] = waits[node] == null ? null : needsOf(waits[node]);
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
        return missing(stop);
      }
      case Wait.Mutex mutex -> needed.set(ownerNode(mutex.owner()));
      case Wait.StopMachineDone done -> {
        // whoever is in there has not finished; of the others nobody knows whether they have begun
        done.participants().stream()
            .filter(cpu -> cpus.get(cpu).stopProgress().isPresent())
            .forEach(needed::set);
      }
      // who has passed a quiescent state is known to the kernel's memory only
      case Wait.GracePeriod _ -> {}
      case Wait.Acts acts -> acts.cpus().stream().forEach(needed::set);
      case Wait.SpinLock lock -> needed.set(lock.owner());
      case Wait.Handler handler -> needed.set(handler.cpu());
      case Wait.DiscardedWork work -> needed.set(work.cpu());
    }
    return needed;
  }

  private BitSet missing(Wait.StopMachineState stop) {
    if (!isLast(stop)) {
      BitSet missing = new BitSet();
      online(stop).filter(cpu -> !hasAcknowledged(cpus.get(cpu), stop)).forEach(missing::set);
      lastLost = missing.isEmpty() && allAt(stop);
      if (lastLost) {
        online(stop).forEach(missing::set);
      }
      lastState = stop;
      lastMissing = missing;
    }
    return lastMissing;
  }

  private IntStream online(Wait.StopMachineState stop) {
    return stop.participants().stream().filter(cpu -> !cpus.get(cpu).activity().offline());
  }

  /**
   * Whether all who take part have acknowledged this very state and wait for the next one. Whoever is the last to acknowledge
   * sets that at once: so none of them was the last by the count, and none of them ever will be. An acknowledgement is lost,
   * and all need it of each other.
   */
  private boolean allAt(Wait.StopMachineState stop) {
    return online(stop)
        .allMatch(
            cpu ->
                waits[cpu] instanceof Wait.StopMachineState other
                    && other.state() == stop.state()
                    && other.call() == stop.call());
  }

  /** Whether what {@code wait} waits for is a state that all have acknowledged already. */
  public boolean lostAcknowledgement(Wait wait) {
    if (!(wait instanceof Wait.StopMachineState stop)) {
      return false;
    }
    missing(stop);
    return lastLost;
  }

  private boolean isLast(Wait.StopMachineState stop) {
    return lastState != null
        && lastState.state() == stop.state()
        && lastState.call() == stop.call()
        && lastState.participants() == stop.participants();
  }

  /** A mutex belongs to a shell: to the one that sleeps, else to what runs on that CPU. */
  private int ownerNode(int cpu) {
    return waits[cpus.size() + cpu] == null ? cpu : cpus.size() + cpu;
  }

  private boolean isShell(int node) {
    return node >= cpus.size();
  }

  /** The CPU of a node. */
  public int cpuOf(int node) {
    return isShell(node) ? node - cpus.size() : node;
  }

  /** What a node waits for; null if for nothing. */
  Wait waitOf(int node) {
    return waits[node];
  }

  /** Whether a call-function IPI has come to a CPU that has not taken it. */
  public static boolean callPending(CpuReport cpu) {
    return cpu.pendingInterrupts().stream()
        .anyMatch(
            name ->
                name.startsWith("call-function")
                    || name.startsWith("mailbox")
                    || name.startsWith("gic"));
  }

  private static boolean hasAcknowledged(CpuReport cpu, Wait.StopMachineState wait) {
    return cpu.stopProgress()
        .map(
            progress ->
                progress.call() == wait.call()
                    && (progress.seen().compareTo(wait.state()) > 0
                        || progress.seen() == wait.state() && progress.acknowledged()))
        .orElse(false);
  }

  /** CPUs that {@code cpu} waits for and that have to act; empty if it does not spin. */
  public BitSet needsOf(int cpu) {
    return needs[cpu] == null ? new BitSet() : (BitSet) needs[cpu].clone();
  }

  /** Whether node {@code other}, if its own wait never ends, can still do what {@code wait} is for. */
  private boolean canActFromWait(Wait wait, int other) {
    if (isShell(other)) {
      return false;
    }
    CpuReport provider = cpus.get(other);
    return switch (wait) {
      case Wait.Csd _, Wait.CsdReuse _, Wait.Handler _ -> provider.irqsOn();
      case Wait.StopMachineState _ -> provider.stopProgress().isEmpty() && mayBePreempted(provider);
      case Wait.Mutex _, Wait.StopMachineDone _, Wait.SpinLock _, Wait.DiscardedWork _ -> false;
      case Wait.GracePeriod _ -> mayBePreempted(provider);
      case Wait.Acts acts ->
          switch (acts.act()) {
            case TAKE_INTERRUPT -> provider.irqsOn();
            case SWITCH_TASK -> mayBePreempted(provider);
            case RUN_ON -> false;
          };
    };
  }

  /** Whether a task of higher priority can come to run there: its wake-up may be on its way. */
  private static boolean mayBePreempted(CpuReport cpu) {
    return cpu.irqsOn() && cpu.preemptCount() == 0;
  }

  /**
   * Whether {@code node} certainly cannot go on before {@code other} has acted. Of the targets of a csd only the first is
   * certain: a later one may have released its csd already, and have another CPU's IPI pending.
   */
  private boolean certainlyNeeds(int node, int other) {
    return switch (waits[node]) {
      case Wait.Csd csd -> other == csd.targets().next(0);
      case Wait.CsdReuse _,
          Wait.StopMachineState _,
          Wait.Mutex _,
          Wait.StopMachineDone _,
          Wait.GracePeriod _,
          Wait.Acts _,
          Wait.SpinLock _,
          Wait.Handler _,
          Wait.DiscardedWork _ ->
          needs[node].get(other);
    };
  }

  /** The largest set of CPUs that can never go on; empty if there is none. */
  public BitSet dead() {
    BitSet dead = deadNodes();
    dead.clear(cpus.size(), waits.length);
    return dead;
  }

  private BitSet deadNodes() {
    BitSet dead = new BitSet();
    for (int node = 0; node < needs.length; node++) {
      dead.set(node, needs[node] != null);
    }
    // waiters of a stop_machine share the set they wait for, and the dead only become fewer: if it
    // holds one of them no longer, it holds none
    BitSet harmless = null;
    boolean changed = true;
    while (changed) {
      changed = false;
      for (int node = dead.nextSetBit(0); node >= 0; node = dead.nextSetBit(node + 1)) {
        if (needs[node] == harmless || !isStuck(node, dead)) {
          harmless = needs[node];
          dead.clear(node);
          changed = true;
        }
      }
    }
    return dead;
  }

  private boolean isStuck(int node, BitSet dead) {
    if (waits[node] instanceof Wait.Acts acts && !acts.all()) {
      BitSet stuckOn = stuckOn(node, dead);
      return !stuckOn.isEmpty() && stuckOn.cardinality() == needs[node].cardinality();
    }
    BitSet needed = needs[node];
    for (int other = needed.nextSetBit(0); other >= 0; other = needed.nextSetBit(other + 1)) {
      if (dead.get(other) && certainlyNeeds(node, other) && !canActFromWait(waits[node], other)) {
        return true;
      }
    }
    return false;
  }

  /**
   * A knot of dead nodes, each with those dead ones that it waits for: the one most others wait for comes first, the rest
   * in order. Empty if nobody is dead.
   */
  public Optional<Knot> knot() {
    BitSet dead = deadNodes();
    if (dead.isEmpty()) {
      return Optional.empty();
    }
    BitSet members = reachable(onCycle(dead), dead);
    int[] waiters = new int[waits.length];
    members.stream().forEach(node -> stuckOn(node, dead).stream().forEach(on -> waiters[on]++));
    int centre = members.stream().reduce((a, b) -> waiters[b] > waiters[a] ? b : a).orElseThrow();
    List<Edge> edges = new ArrayList<>();
    edges.add(new Edge(centre, stuckOn(centre, dead)));
    members.stream()
        .filter(node -> node != centre)
        .forEach(node -> edges.add(new Edge(node, stuckOn(node, dead))));
    return Optional.of(new Knot(edges));
  }

  /** CPUs that wait for something that nobody can do any more, because what would have made another CPU do it is lost. */
  public Optional<Knot> lost() {
    List<Edge> edges = new ArrayList<>();
    for (CpuReport cpu : cpus) {
      if (cpu.blocked().map(CpuReport.Blocked::reason).orElse(null) instanceof Wait.DiscardedWork) {
        edges.add(new Edge(cpu.cpu(), needsOf(cpu.cpu())));
      }
    }
    return edges.isEmpty() ? Optional.empty() : Optional.of(new Knot(edges));
  }

  /** Nodes that certainly cannot go on before a CPU acts that stands still for ever. */
  public Optional<Knot> waitingForHalted() {
    BitSet halted = new BitSet();
    cpus.stream()
        .filter(cpu -> cpu.activity().halted().isPresent())
        .forEach(cpu -> halted.set(cpu.cpu()));
    List<Edge> edges = new ArrayList<>();
    for (int node = 0; node < needs.length && !halted.isEmpty(); node++) {
      int waiter = node;
      if (needs[node] == null || halted.get(node)) {
        continue;
      }
      BitSet on = needsOf(node);
      on.and(halted);
      on.stream().filter(cpu -> !certainlyNeeds(waiter, cpu)).forEach(on::clear);
      boolean anyOther =
          waits[node] instanceof Wait.Acts acts
              && !acts.all()
              && on.cardinality() < needs[node].cardinality();
      if (!on.isEmpty() && !anyOther) {
        edges.add(new Edge(node, on));
      }
    }
    return edges.isEmpty() ? Optional.empty() : Optional.of(new Knot(edges));
  }

  /** A node and those it waits for. Nodes are CPUs; from the number of CPUs on, their sleeping shells. */
  public record Edge(int cpu, BitSet waitsFor) {}

  /** Nodes that wait for each other in a circle, or in several. */
  public record Knot(List<Edge> edges) {}

  /** Those of {@code dead} that {@code node} waits for and that cannot do what it waits for. */
  private BitSet stuckOn(int node, BitSet dead) {
    BitSet on = needsOf(node);
    on.and(dead);
    for (int other = on.nextSetBit(0); other >= 0; other = on.nextSetBit(other + 1)) {
      on.set(other, !canActFromWait(waits[node], other));
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
