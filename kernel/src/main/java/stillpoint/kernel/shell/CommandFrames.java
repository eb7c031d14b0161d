package stillpoint.kernel.shell;

import stillpoint.kernel.config.ShellCommand;
import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.ftrace.TracingSetTracer;

/** Which kernel function each shell command enters. What that function returns is the command's status. */
final class CommandFrames {
  private CommandFrames() {}

  /** The first step of a command; the shell goes on as {@code after}. */
  static Step start(ShellCommand command, Frame after) {
    return switch (command) {
      case ShellCommand.SetCurrentTracer(boolean function) ->
          Step.call(after, TracingSetTracer.call(function), Costs.SHELL_LINE);
      // what these print is put together from the logs: reading them changes nothing in the machine
      case ShellCommand.Show _, ShellCommand.ShowKernelLog _ -> Step.next(after, Costs.SHELL_LINE);
    };
  }
}
