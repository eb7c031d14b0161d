package stillpoint.kernel.wait;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;
import java.util.function.IntPredicate;
import stillpoint.kernel.cpu.CpuReport;
import stillpoint.machine.interrupt.CpuSet;

/**
 * Says at a cut, in time that grows with what has changed, whether a knot may have come into being since the cut before. If not,
 * {@link WaitForGraph} need not be built; if so, it decides.
 *
 * <p>Idea: let D be a set of dead nodes as WaitForGraph defines it, and C a smallest part of it from which no edge leads to
 * the rest. C is dead by itself, and an edge depends on the reports of its two ends only. So if no CPU of C had changed
 * since the cut before, C would have been dead then. Hence C holds a changed CPU, which waits and needs another one that
 * waits too. Where nothing is wrong, those who are waited for mostly do not wait.
 *
 * <p>Plain data, kept from the reports in columns: at each cut a machine of any size is looked through in order of memory.
 */
public final class KnotWatch {
  private static final byte NOT_STOPPING = -1;

  private final int cpus;

  /** By node as in {@link WaitForGraph}: what it waits for, or null. */
  private final Wait[] waits;

  /** Nodes that wait. */
  private final NodeSet waiting;

  /** By CPU: the call that its stopper is in. */
  private final long[] stopCall;

  /** By CPU: twice the state that its stopper has seen there, plus one if it has acknowledged that. */
  private final byte[] stopSeen;

  /** Nodes that wait and whose CPU was heard of since the last question. */
  private final NodeSet changed;

  /** CPUs in their pens. */
  private final BitSet offline = new BitSet();

  private int mutexWaits;
  private boolean discardedWork;

  public KnotWatch(int cpus) {
    this.cpus = cpus;
    this.waits = new Wait[2 * cpus];
    this.waiting = new NodeSet(2 * cpus);
    this.changed = new NodeSet(2 * cpus);
    this.stopCall = new long[cpus];
    this.stopSeen = new byte[cpus];
    Arrays.fill(stopSeen, NOT_STOPPING);
  }

  /** Takes the new report of a CPU. */
  public void accept(CpuReport cpu) {
    set(cpu.cpu(), cpu.blocked());
    set(cpus + cpu.cpu(), cpu.activity().sleepingShell());
    stopSeen[cpu.cpu()] = NOT_STOPPING;
    offline.set(cpu.cpu(), cpu.activity().offline());
    cpu.stopProgress()
        .ifPresent(
            progress -> {
              stopCall[cpu.cpu()] = progress.call();
              stopSeen[cpu.cpu()] =
                  (byte) (2 * progress.seen().ordinal() + (progress.acknowledged() ? 1 : 0));
            });
  }

  private void set(int node, Optional<CpuReport.Blocked> blocked) {
    mutexWaits -= waits[node] instanceof Wait.Mutex ? 1 : 0;
    waits[node] = blocked.map(CpuReport.Blocked::reason).orElse(null);
    mutexWaits += waits[node] instanceof Wait.Mutex ? 1 : 0;
    discardedWork |= waits[node] instanceof Wait.DiscardedWork;
    waiting.set(node, waits[node] != null);
    changed.set(node, waits[node] != null);
  }

  /** Whether somebody waits, or has waited, for work that was thrown away. */
  public boolean discardedWork() {
    return discardedWork;
  }

  /** Whether there may be a knot that was not there when this was last asked. */
  public boolean mayHaveKnot() {
    boolean found = anyNeedsAWaiter();
    changed.clear();
    return found;
  }

  private boolean anyNeedsAWaiter() {
    Wait.StopMachineState seenThrough = null;
    for (int node = changed.next(0); node >= 0; node = changed.next(node + 1)) {
      if (node >= cpus && mutexWaits == 0) {
        // nobody needs a sleeping shell but for the mutex that it holds
        return false;
      }
      if (waits[node] instanceof Wait.StopMachineState stop) {
        boolean asBefore = seenThrough != null && isSame(seenThrough, stop);
        if (!asBefore && needsAWaiter(stop)) {
          return true;
        }
        seenThrough = stop;
      } else if (needsAWaiter(waits[node])) {
        return true;
      }
    }
    return false;
  }

  private static boolean isSame(Wait.StopMachineState one, Wait.StopMachineState other) {
    return one.state() == other.state()
        && one.call() == other.call()
        && one.participants().equals(other.participants());
  }

  private boolean needsAWaiter(Wait wait) {
    return switch (wait) {
      case Wait.Csd csd -> waiting.get(csd.targets().next(0));
      case Wait.CsdReuse reuse -> waiting.get(reuse.target());
      case Wait.StopMachineState stop -> {
        int acknowledged = 2 * stop.state().ordinal() + 1;
        yield anyWaiting(
                stop.participants(),
                cpu -> stopCall[cpu] != stop.call() || stopSeen[cpu] < acknowledged)
            || allAt(stop, acknowledged);
      }
      case Wait.StopMachineDone done ->
          anyWaiting(done.participants(), cpu -> stopSeen[cpu] != NOT_STOPPING);
      case Wait.Mutex mutex -> waiting.get(mutex.owner()) || waiting.get(cpus + mutex.owner());
      case Wait.GracePeriod _ -> false;
      case Wait.Acts acts -> anyWaiting(acts.cpus(), _ -> true);
      case Wait.SpinLock lock -> waiting.get(lock.owner());
      case Wait.Handler handler -> waiting.get(handler.cpu());
      case Wait.DiscardedWork work -> waiting.get(work.cpu());
    };
  }

  /** Whether all who take part have acknowledged this state: then none of them will ever set the next one. */
  private boolean allAt(Wait.StopMachineState stop, int acknowledged) {
    CpuSet among = stop.participants();
    for (int cpu = among.next(0); cpu >= 0; cpu = among.next(cpu + 1)) {
      boolean there =
          waits[cpu] instanceof Wait.StopMachineState other
              && other.call() == stop.call()
              && 2 * other.state().ordinal() + 1 == acknowledged
              && stopCall[cpu] == stop.call()
              && stopSeen[cpu] == acknowledged;
      if (!there && !offline.get(cpu)) {
        return false;
      }
    }
    return true;
  }

  private boolean anyWaiting(CpuSet among, IntPredicate needed) {
    for (int cpu = waiting.next(0); cpu >= 0 && cpu < cpus; cpu = waiting.next(cpu + 1)) {
      if (needed.test(cpu) && among.contains(cpu)) {
        return true;
      }
    }
    return false;
  }
}
