package stillpoint.kernel.hotplug;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.mm.ProtocolMemory;
import stillpoint.kernel.sched.TaskKind;
import stillpoint.kernel.sched.TryToWakeUp;
import stillpoint.machine.coherence.AccessKind;

/** Tells the task that takes this CPU down, or brings it up, that it is as far as that. */
record CompleteHotplug(boolean told) implements Frame {
  static Frame call() {
    return new CompleteHotplug(false);
  }

  @Override
  public String function() {
    return "complete_ap_thread";
  }

  @Override
  public Step step(KernelCpu cpu) {
    if (told) {
      return Step.done(Costs.FEW);
    }
    ProtocolMemory memory = ProtocolMemory.of(cpu.memory());
    if (cpu.lacks(AccessKind.STORE, memory.hotplugDone())) {
      return Step.stall(AccessKind.STORE, memory.hotplugDone());
    }
    cpu.store(memory.hotplugDone(), 1);
    int caller = (int) cpu.load(memory.hotplugCaller()) - 1;
    return Step.call(
        new CompleteHotplug(true), new TryToWakeUp(caller, TaskKind.SHELL), Costs.CALL);
  }
}
