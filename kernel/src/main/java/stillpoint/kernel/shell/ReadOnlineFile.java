package stillpoint.kernel.shell;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.hotplug.ReadOnlineMask;

/** Reads a file that shows which CPUs are online, or something of each; returns how often the mask had changed. */
record ReadOnlineFile(boolean read) implements Frame {
  static Frame call() {
    return new ReadOnlineFile(false);
  }

  @Override
  public String function() {
    return "seq_read";
  }

  @Override
  public Step step(KernelCpu cpu) {
    return read
        ? Step.done(cpu.onlineGeneration(), Costs.CALL)
        : Step.call(new ReadOnlineFile(true), ReadOnlineMask.call(), Costs.CALL);
  }
}
