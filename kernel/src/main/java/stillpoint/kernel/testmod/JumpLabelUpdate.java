package stillpoint.kernel.testmod;

import java.util.Optional;
import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.flush.FlushIcache;
import stillpoint.kernel.locking.KernelLock;
import stillpoint.kernel.locking.MutexLock;
import stillpoint.kernel.locking.MutexUnlock;
import stillpoint.kernel.shell.CommandStatus;
import stillpoint.kernel.stop.StopMachine;
import stillpoint.kernel.stop.StopWork;

/**
 * Switches a static key on: rewrites its sites inside stop_machine(), then flushes all instruction caches, unless each site
 * was flushed inside.
 *
 * @param flushInside whether each site is flushed inside stop_machine(), by a flush that may send IPIs and wait
 */
public record JumpLabelUpdate(At at, boolean flushInside) implements Frame {
  /** Where execution is. */
  public enum At {
    LOCK,
    CHECK,
    STOP,
    FLUSH,
    UNLOCK,
    LEAVE,
    UNLOCK_BUSY,
    LEAVE_BUSY
  }

  public static Frame call(boolean flushInside) {
    return new JumpLabelUpdate(At.LOCK, flushInside);
  }

  @Override
  public String function() {
    return "jump_label_update";
  }

  @Override
  public Step step(KernelCpu cpu) {
    KernelLock mutex = MutexLock.textMutex(cpu.memory());
    return switch (at) {
      case LOCK -> Step.call(to(At.CHECK), new MutexLock(mutex), Costs.CALL);
      case CHECK -> TestSites.ifNotTraced(cpu, to(At.STOP), to(At.UNLOCK_BUSY));
      case STOP ->
          Step.call(
              to(flushInside ? At.UNLOCK : At.FLUSH),
              StopMachine.call(flushInside ? StopWork.JUMP_LABELS_FLUSHING : StopWork.JUMP_LABELS),
              Costs.CALL);
      case FLUSH -> Step.call(to(At.UNLOCK), FlushIcache.whole(cpu.config()), Costs.CALL);
      case UNLOCK -> Step.call(to(At.LEAVE), new MutexUnlock(mutex), Costs.CALL);
      case LEAVE -> Step.done(Costs.CALL);
      case UNLOCK_BUSY -> Step.call(to(At.LEAVE_BUSY), new MutexUnlock(mutex), Costs.CALL);
      case LEAVE_BUSY -> Step.done(CommandStatus.BUSY, Costs.CALL);
    };
  }

  private Frame to(At where) {
    return new JumpLabelUpdate(where, flushInside);
  }

  /**
   * Rewrites the sites, one by one.
   *
   * @param next index of the site that execution is at
   */
  public record Transform(boolean stored, boolean flush, int next) implements Frame {
    public static Frame call(boolean flush) {
      return new Transform(false, flush, 0);
    }

    @Override
    public String function() {
      return "arch_jump_label_transform";
    }

    @Override
    public Step step(KernelCpu cpu) {
      Optional<Long> site = TestSites.physical(cpu, next);
      if (site.isEmpty()) {
        return Step.done(Costs.CALL);
      }
      if (stored) {
        return Step.call(
            new Transform(false, true, next + 1),
            FlushIcache.range(cpu.config(), site.get(), Integer.BYTES),
            Costs.CALL);
      }
      return TestSites.store(
          cpu,
          site.get(),
          TestSites.BRANCH_OVER,
          flush ? new Transform(true, true, next) : new Transform(false, false, next + 1));
    }
  }
}
