package stillpoint.kernel.shell;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;

/** The shell finds that it cannot do a line; what it says stands with the line itself. */
record Complain() implements Frame {
  @Override
  public String function() {
    return "sh";
  }

  @Override
  public Step step(KernelCpu cpu) {
    return Step.done(CommandStatus.OK, Costs.CALL);
  }
}
