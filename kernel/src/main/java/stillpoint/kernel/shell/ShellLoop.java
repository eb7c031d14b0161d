package stillpoint.kernel.shell;

import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;

/**
 * A shell: takes the next typed line, does it, tells the console, sleeps when there is none.
 *
 * @param running index of the line being done, or -1
 */
public record ShellLoop(int running) implements Frame {
  @Override
  public String function() {
    return "sh";
  }

  @Override
  public Step step(KernelCpu cpu) {
    if (running >= 0) {
      cpu.commandDone(running, cpu.returned());
      return Step.next(new ShellLoop(-1), Costs.CALL);
    }
    int index = cpu.takeTypedLine();
    if (index < 0) {
      return new Step.Sleep(this, Costs.CALL);
    }
    ShellLoop after = new ShellLoop(index);
    return CommandFrames.start(cpu, cpu.script(index).command(), after);
  }
}
