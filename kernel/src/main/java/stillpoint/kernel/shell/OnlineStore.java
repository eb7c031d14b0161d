package stillpoint.kernel.shell;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.hotplug.CpuDown;
import stillpoint.kernel.hotplug.CpuUp;

/**
 * A write to {@code /sys/devices/system/cpu/cpuN/online}. What is written reads as the kernel's kstrtobool() does.
 *
 * @param done whether the CPU is there already
 */
record OnlineStore(int target, String value, boolean done) implements Frame {
  static Frame call(int target, String value) {
    return new OnlineStore(target, value, false);
  }

  @Override
  public String function() {
    return "online_store";
  }

  @Override
  public Step step(KernelCpu cpu) {
    if (done) {
      return Step.done(cpu.returned(), Costs.FEW);
    }
    if (target >= cpu.possible().size()) {
      return Step.done(CommandStatus.NO_ENTRY, Costs.CALL);
    }
    if (target == 0 && !cpu.config().cpu0Hotpluggable()) {
      // the folder is there, the file is not, and nobody can make one there
      return Step.done(CommandStatus.ACCESS_DENIED, Costs.CALL);
    }
    Frame after = new OnlineStore(target, value, true);
    return switch (value.isEmpty() ? ' ' : value.charAt(0)) {
      case '1', 'y', 'Y' -> Step.call(after, CpuUp.call(target), Costs.CALL);
      case '0', 'n', 'N' -> Step.call(after, CpuDown.call(target), Costs.CALL);
      case 'o', 'O' ->
          switch (value.length() < 2 ? ' ' : value.charAt(1)) {
            case 'n', 'N' -> Step.call(after, CpuUp.call(target), Costs.CALL);
            case 'f', 'F' -> Step.call(after, CpuDown.call(target), Costs.CALL);
            default -> Step.done(CommandStatus.INVALID_ARGUMENT, Costs.CALL);
          };
      default -> Step.done(CommandStatus.INVALID_ARGUMENT, Costs.CALL);
    };
  }
}
