package stillpoint.kernel.shell;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.machine.coherence.AccessKind;

/** Reads a file that shows one kernel variable; returns the variable's word. */
record ReadVariable(long variable) implements Frame {
  @Override
  public String function() {
    return "seq_read";
  }

  @Override
  public Step step(KernelCpu cpu) {
    if (cpu.lacks(AccessKind.LOAD, variable)) {
      return Step.stall(AccessKind.LOAD, variable);
    }
    return Step.done(cpu.load(variable), Costs.CALL);
  }
}
