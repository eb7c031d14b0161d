package stillpoint.kernel.stop;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;

/** The function of the module stop_machine_test: returns at once. */
record NothingToDo() implements Frame {
  @Override
  public String function() {
    return "stop_machine_test";
  }

  @Override
  public Step step(KernelCpu cpu) {
    return Step.done(Costs.FEW);
  }
}
