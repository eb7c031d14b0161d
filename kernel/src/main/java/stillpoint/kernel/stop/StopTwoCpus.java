package stillpoint.kernel.stop;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.cpu.StoreKind;
import stillpoint.kernel.hotplug.ReadOnlineMask;
import stillpoint.kernel.locking.KernelLock;
import stillpoint.kernel.locking.SpinLock;
import stillpoint.kernel.locking.SpinUnlock;
import stillpoint.kernel.locking.Udelay;
import stillpoint.kernel.mm.KernelMemory;
import stillpoint.kernel.mm.ProtocolMemory;
import stillpoint.kernel.sched.TaskKind;
import stillpoint.kernel.sched.TryToWakeUp;
import stillpoint.kernel.sched.WaitForCompletion;
import stillpoint.machine.coherence.AccessKind;

/**
 * stop_two_cpus(): hands {@code multi_cpu_stop} to two stoppers and sleeps until both are through. Both works must get onto
 * their lists as one act, or two calls for the same CPUs could come in another order on each, and the stoppers would wait
 * for each other; so it holds both stoppers' locks, with irqs off. Whoever takes two locks of a kind must take them in one
 * order: {@code first} is whose lock is taken first.
 *
 * @param first CPU whose stopper is locked first
 * @param second the other one
 * @param gapNanos time between taking the two locks
 */
public record StopTwoCpus(At at, StopWork work, int first, int second, long gapNanos)
    implements Frame {
  private static final long BACK_OFF_NANOS = 1_000;

  /** -ENOENT: one of the two is offline. */
  private static final long NO_SUCH_CPU = -2;

  /** Where execution is. */
  public enum At {
    SET_DATA,
    SET_DONE,
    LOCK_FIRST,
    GAP,
    LOCK_SECOND,
    READ_MASK,
    ARE_ONLINE,
    LOOK_FOR_STOP_MACHINE,
    LOOK_FOR_ROOM,
    QUEUE_FIRST,
    DISCARD_FIRST,
    QUEUE_SECOND,
    DISCARD_SECOND,
    UNLOCK_SECOND,
    UNLOCK_FIRST,
    WAKE_FIRST,
    WAKE_SECOND,
    SLEEP,
    LEAVE,
    GIVE_BACK_SECOND,
    GIVE_BACK_FIRST,
    BACK_OFF,
    GIVE_UP_SECOND,
    GIVE_UP_FIRST,
    GIVE_UP
  }

  /** A call that takes the locks in the order in which the two are given. */
  public static Frame call(StopWork work, int first, int second, long gapNanos) {
    return new StopTwoCpus(At.SET_DATA, work, first, second, gapNanos);
  }

  @Override
  public String function() {
    return "stop_two_cpus";
  }

  @Override
  public Step step(KernelCpu cpu) {
    KernelMemory memory = cpu.memory();
    return switch (at) {
      case SET_DATA -> setData(cpu);
      case SET_DONE -> {
        StopCall call = StopCall.ofTwo(work, cpu.cpu());
        long todo = call.todo(memory);
        if (cpu.lacks(StoreKind.PLAIN, todo, 2)) {
          yield Step.stall(StoreKind.PLAIN, todo);
        }
        cpu.store(StoreKind.PLAIN, todo, 2);
        cpu.store(StoreKind.PLAIN, call.done(memory), 0);
        // until both are woken: its own stopper may be one of the two
        cpu.preemptDisable();
        yield Step.next(to(At.LOCK_FIRST), Costs.FEW);
      }
      case LOCK_FIRST -> lock(memory, first, At.GAP);
      case GAP -> Step.call(to(At.LOCK_SECOND), Udelay.of(gapNanos), Costs.FEW);
      case LOCK_SECOND -> lock(memory, second, At.READ_MASK);
      case READ_MASK -> Step.call(to(At.ARE_ONLINE), ReadOnlineMask.call(), Costs.FEW);
      case ARE_ONLINE -> {
        boolean both = cpu.online().contains(first) && cpu.online().contains(second);
        yield Step.next(to(both ? At.LOOK_FOR_STOP_MACHINE : At.GIVE_UP_SECOND), Costs.FEW);
      }
      case LOOK_FOR_STOP_MACHINE -> {
        long inProgress = memory.stopCpusInProgress();
        if (cpu.lacks(AccessKind.LOAD, inProgress)) {
          yield Step.stall(AccessKind.LOAD, inProgress);
        }
        At then = cpu.load(inProgress) == 0 ? At.LOOK_FOR_ROOM : At.GIVE_BACK_SECOND;
        yield Step.next(to(then), Costs.FEW);
      }
      case LOOK_FOR_ROOM -> {
        long line = memory.stopperWork(second);
        if (cpu.lacks(AccessKind.STORE, line)) {
          yield Step.stall(AccessKind.STORE, line);
        }
        At then = Stopper.hasRoom(cpu, line) ? At.QUEUE_FIRST : At.GIVE_BACK_SECOND;
        yield Step.next(to(then), Costs.FEW);
      }
      case QUEUE_FIRST -> queue(cpu, first, At.QUEUE_SECOND, At.DISCARD_FIRST);
      case DISCARD_FIRST -> discard(cpu, first, At.QUEUE_SECOND);
      case QUEUE_SECOND -> queue(cpu, second, At.UNLOCK_SECOND, At.DISCARD_SECOND);
      case DISCARD_SECOND -> discard(cpu, second, At.UNLOCK_SECOND);
      case UNLOCK_SECOND -> unlock(memory, second, false, At.UNLOCK_FIRST);
      case UNLOCK_FIRST -> unlock(memory, first, true, At.WAKE_FIRST);
      case WAKE_FIRST -> wake(first, At.WAKE_SECOND);
      case WAKE_SECOND -> wake(second, At.SLEEP);
      case SLEEP -> {
        cpu.preemptEnable();
        long done = StopCall.ofTwo(work, cpu.cpu()).done(memory);
        yield Step.call(to(At.LEAVE), new WaitForCompletion(done), Costs.CALL);
      }
      case LEAVE -> Step.done(Costs.CALL);
      case GIVE_BACK_SECOND -> unlock(memory, second, false, At.GIVE_BACK_FIRST);
      case GIVE_BACK_FIRST -> unlock(memory, first, true, At.BACK_OFF);
      case BACK_OFF -> Step.call(to(At.LOCK_FIRST), Udelay.of(BACK_OFF_NANOS), Costs.FEW);
      case GIVE_UP_SECOND -> unlock(memory, second, false, At.GIVE_UP_FIRST);
      case GIVE_UP_FIRST -> unlock(memory, first, true, At.GIVE_UP);
      case GIVE_UP -> {
        cpu.preemptEnable();
        yield Step.done(NO_SUCH_CPU, Costs.CALL);
      }
    };
  }

  private Step setData(KernelCpu cpu) {
    long data = ProtocolMemory.of(cpu.memory()).pairStop(cpu.cpu());
    if (cpu.lacks(StoreKind.PLAIN, data, 4)) {
      return Step.stall(StoreKind.PLAIN, data);
    }
    cpu.store(StoreKind.PLAIN, data + ProtocolMemory.PAIR_STATE, StopState.PREPARE.ordinal());
    cpu.store(StoreKind.PLAIN, data + ProtocolMemory.PAIR_ACK, 2);
    cpu.store(
        StoreKind.PLAIN, data + ProtocolMemory.PAIR_CPUS, first | (long) second << Integer.SIZE);
    cpu.store(StoreKind.PLAIN, data + ProtocolMemory.PAIR_DISCARDED_BY, 0);
    return Step.next(to(At.SET_DONE), Costs.FEW);
  }

  private Step lock(KernelMemory memory, int cpu, At then) {
    return Step.call(to(then), SpinLock.irqsave(Stopper.lock(memory, cpu)), Costs.CALL);
  }

  private Step unlock(KernelMemory memory, int cpu, boolean irqsOn, At then) {
    KernelLock lock = Stopper.lock(memory, cpu);
    return Step.call(to(then), new SpinUnlock(lock, irqsOn), Costs.CALL);
  }

  /** A stopper that is not enabled discards the work. The other one's will wait for it: written down for who looks. */
  private Step discard(KernelCpu cpu, int target, At then) {
    long data = ProtocolMemory.of(cpu.memory()).pairStop(cpu.cpu());
    if (cpu.lacks(AccessKind.STORE, data)) {
      return Step.stall(AccessKind.STORE, data);
    }
    cpu.store(data + ProtocolMemory.PAIR_DISCARDED_BY, target + 1L);
    return Step.next(to(then), Costs.FEW);
  }

  private Step queue(KernelCpu cpu, int target, At then, At ifDisabled) {
    long line = cpu.memory().stopperWork(target);
    if (cpu.lacks(AccessKind.STORE, line)) {
      return Step.stall(AccessKind.STORE, line);
    }
    if (!Stopper.hasRoom(cpu, line)) {
      return Step.next(to(At.GIVE_BACK_SECOND), Costs.FEW);
    }
    if (!Stopper.isEnabled(cpu, line)) {
      return Step.next(to(ifDisabled), Costs.FEW);
    }
    Stopper.add(cpu, line, StopCall.ofTwo(work, cpu.cpu()));
    return Step.next(to(then), Costs.FEW);
  }

  private Step wake(int target, At then) {
    return Step.call(to(then), new TryToWakeUp(target, TaskKind.STOPPER), Costs.CALL);
  }

  private StopTwoCpus to(At where) {
    return new StopTwoCpus(where, work, first, second, gapNanos);
  }
}
