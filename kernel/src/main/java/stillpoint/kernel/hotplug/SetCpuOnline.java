package stillpoint.kernel.hotplug;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.machine.coherence.AccessKind;

/** {@code set_cpu_online()} of the CPU that runs it: its bit, then the count of changes. */
record SetCpuOnline(boolean counted, boolean online) implements Frame {
  static Frame call(boolean online) {
    return new SetCpuOnline(false, online);
  }

  @Override
  public String function() {
    return "set_cpu_online";
  }

  @Override
  public Step step(KernelCpu cpu) {
    long word = counted ? cpu.memory().onlineGeneration() : cpu.memory().offlineMask(cpu.cpu());
    if (cpu.lacks(AccessKind.STORE, word)) {
      return Step.stall(AccessKind.STORE, word);
    }
    long before = cpu.load(word);
    if (counted) {
      cpu.store(word, before + 1);
      cpu.logHotplug(new HotplugChange(before + 1, cpu.cycle(), online));
      return Step.done(Costs.FEW);
    }
    long bit = 1L << cpu.cpu();
    cpu.store(word, online ? before & ~bit : before | bit);
    return Step.next(new SetCpuOnline(true, online), Costs.FEW);
  }
}
