package stillpoint.kernel.system;

import java.util.BitSet;
import java.util.List;
import stillpoint.kernel.cpu.CpuReport;
import stillpoint.kernel.hotplug.HotplugChange;
import stillpoint.machine.interrupt.CpuSet;

/** Which CPUs were online at each change of the mask, put together from what each CPU noted of itself. */
final class OnlineHistory {
  private final CpuSet possible;
  private final List<CpuReport> cpus;

  OnlineHistory(CpuSet possible, List<CpuReport> cpus) {
    this.possible = possible;
    this.cpus = cpus;
  }

  /** CPUs that were online when the mask had changed {@code generation} times. */
  CpuSet at(long generation) {
    BitSet online = possible.toBitSet();
    for (CpuReport cpu : cpus) {
      for (HotplugChange change : cpu.logs().hotplug()) {
        if (change.generation() <= generation) {
          online.set(cpu.cpu(), change.online());
        }
      }
    }
    return CpuSet.of(online);
  }

  CpuSet offlineAt(long generation) {
    BitSet offline = possible.toBitSet();
    offline.andNot(at(generation).toBitSet());
    return CpuSet.of(offline);
  }
}
