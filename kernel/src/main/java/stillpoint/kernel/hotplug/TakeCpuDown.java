package stillpoint.kernel.hotplug;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.cpu.StoreKind;
import stillpoint.kernel.mm.ProtocolMemory;
import stillpoint.kernel.shell.CommandStatus;
import stillpoint.kernel.stop.SwitchStopper;

/**
 * What the CPU that goes does while all are stopped: leaves the mask, parks its stopper and its threads. Works that its
 * stopper was given before are still done; then its idle task plays dead. Tasks never move here: a CPU whose shell is in
 * the middle of a line refuses, and stays.
 */
public record TakeCpuDown(At at) implements Frame {
  /** Where execution is. */
  public enum At {
    ENTER,
    REFUSE,
    PARK_STOPPER,
    GO,
    LEAVE
  }

  public TakeCpuDown() {
    this(At.ENTER);
  }

  @Override
  public String function() {
    return "take_cpu_down";
  }

  @Override
  public Step step(KernelCpu cpu) {
    return switch (at) {
      case ENTER -> {
        if (cpu.shellBusy()) {
          yield Step.next(new TakeCpuDown(At.REFUSE), Costs.FEW);
        }
        cpu.printk("SMP: CPU" + cpu.cpu() + " is offline");
        yield Step.call(new TakeCpuDown(At.PARK_STOPPER), SetCpuOnline.call(false), Costs.PRINTK);
      }
      case REFUSE -> {
        long result = ProtocolMemory.of(cpu.memory()).hotplugResult();
        if (cpu.lacks(StoreKind.PLAIN, result)) {
          yield Step.stall(StoreKind.PLAIN, result);
        }
        cpu.store(StoreKind.PLAIN, result, CommandStatus.BUSY);
        yield Step.done(Costs.FEW);
      }
      case PARK_STOPPER ->
          Step.call(new TakeCpuDown(At.GO), new SwitchStopper(cpu.cpu(), false), Costs.CALL);
      case GO -> {
        cpu.goesDown(PlayDead.call());
        yield Step.next(new TakeCpuDown(At.LEAVE), Costs.CALL);
      }
      case LEAVE -> Step.done(Costs.CALL);
    };
  }
}
