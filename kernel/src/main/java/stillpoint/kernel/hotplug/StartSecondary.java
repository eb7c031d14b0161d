package stillpoint.kernel.hotplug;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.cpu.StoreKind;
import stillpoint.kernel.mm.KernelMemory;
import stillpoint.kernel.mm.ProtocolMemory;
import stillpoint.kernel.stop.SwitchStopper;
import stillpoint.machine.coherence.AccessKind;

/**
 * What a CPU does that is brought up: its instruction cache begins empty, its watchdogs begin anew, its stopper is enabled
 * before anybody can see it online; then irqs and ticks come on and its threads go on where they were.
 *
 * @param enablesStopper else whoever brings it up does that, too late
 */
public record StartSecondary(At at, boolean enablesStopper) implements Frame {
  /** Where execution is. */
  public enum At {
    CACHES,
    WATCHDOGS,
    STOPPER,
    MARK_ONLINE,
    STATE,
    TELL,
    UNPARK
  }

  private static final long NANOS_A_SECOND = 1_000_000_000;

  static Frame call(boolean enablesStopper) {
    return new StartSecondary(At.CACHES, enablesStopper);
  }

  @Override
  public String function() {
    return "start_secondary";
  }

  @Override
  public Step step(KernelCpu cpu) {
    return switch (at) {
      case CACHES -> {
        cpu.isDead(false);
        cpu.invalidateOwnIcache();
        yield Step.next(to(At.WATCHDOGS), Costs.ICACHE_INVALIDATE_ALL);
      }
      case WATCHDOGS -> startWatchdogs(cpu);
      case STOPPER ->
          enablesStopper
              ? Step.call(to(At.MARK_ONLINE), new SwitchStopper(cpu.cpu(), true), Costs.CALL)
              : Step.next(to(At.MARK_ONLINE), Costs.FEW);
      case MARK_ONLINE -> {
        cpu.printk("SMP: CPU" + cpu.cpu() + " is running");
        yield Step.call(to(At.STATE), SetCpuOnline.call(true), Costs.PRINTK);
      }
      case STATE -> {
        long state = ProtocolMemory.of(cpu.memory()).cpuState(cpu.cpu());
        if (cpu.lacks(StoreKind.PLAIN, state)) {
          yield Step.stall(StoreKind.PLAIN, state);
        }
        cpu.store(StoreKind.PLAIN, state, ProtocolMemory.ONLINE);
        yield Step.next(to(At.TELL), Costs.FEW);
      }
      case TELL -> Step.call(to(At.UNPARK), CompleteHotplug.call(), Costs.CALL);
      case UNPARK -> {
        cpu.isUp();
        yield Step.done(Costs.CALL);
      }
    };
  }

  /** {@code watchdog_thresh} may have been written while this CPU was away. */
  private Step startWatchdogs(KernelCpu cpu) {
    long variable = cpu.memory().watchdogThresh();
    if (cpu.lacks(AccessKind.LOAD, variable)) {
      return Step.stall(AccessKind.LOAD, variable);
    }
    long word = cpu.load(variable);
    long atBoot = cpu.config().detectors().watchdogThreshNanos();
    long thresh = word == 0 ? atBoot : KernelMemory.watchdogThreshSeconds(word, 0) * NANOS_A_SECOND;
    cpu.detectors().watchdogThresh(thresh, cpu.cycle());
    return Step.next(to(At.STOPPER), Costs.CALL);
  }

  private StartSecondary to(At where) {
    return new StartSecondary(where, enablesStopper);
  }
}
