package stillpoint.kernel.shell;

import stillpoint.kernel.config.ShellCommand;
import stillpoint.kernel.cpu.Costs;
import stillpoint.kernel.cpu.Frame;
import stillpoint.kernel.cpu.KernelCpu;
import stillpoint.kernel.cpu.Step;
import stillpoint.kernel.ftrace.FtraceRegexWrite;
import stillpoint.kernel.ftrace.TracingSetTracer;
import stillpoint.kernel.stop.StopMachine;
import stillpoint.kernel.stop.StopWork;
import stillpoint.kernel.watch.SynchronizeRcu;

/** Which kernel function each shell command enters. What it returns is the {@link CommandStatus}. */
final class CommandFrames {
  private CommandFrames() {}

  /** The first step of a command; the shell goes on as {@code after}. */
  static Step start(KernelCpu cpu, ShellCommand command, Frame after) {
    return switch (command) {
      case ShellCommand.SetCurrentTracer(boolean function) ->
          Step.call(after, TracingSetTracer.call(function), Costs.SHELL_LINE);
      case ShellCommand.SetFtraceFilter(var names, boolean append) ->
          Step.call(after, FtraceRegexWrite.call(names, append), Costs.SHELL_LINE);
      case ShellCommand.SetWatchdogThresh(long seconds) ->
          Step.call(after, ProcWatchdogThresh.call(seconds), Costs.SHELL_LINE);
      case ShellCommand.SetCpuOnline(int target, String value) ->
          Step.call(after, OnlineStore.call(target, value), Costs.SHELL_LINE);
      case ShellCommand.ShowCpuOnline _ ->
          Step.call(after, ReadOnlineFile.call(), Costs.SHELL_LINE);
      case ShellCommand.SysrqShowAllCpus _ ->
          Step.call(after, SysrqShowAllCpus.call(), Costs.SHELL_LINE);
      case ShellCommand.SysrqHelp _ -> Step.call(after, new SysrqHelp(), Costs.SHELL_LINE);
      case ShellCommand.Fails _ -> Step.call(after, new Complain(), Costs.SHELL_LINE);
      case ShellCommand.RunTestModule(String line) ->
          Step.call(after, TestModules.init(line), Costs.SHELL_LINE);
      case ShellCommand.RemoveModule _ -> Step.call(after, SynchronizeRcu.call(), Costs.SHELL_LINE);
      case ShellCommand.StopMachineTest _ ->
          Step.call(after, StopMachine.call(StopWork.NOTHING), Costs.SHELL_LINE);
      case ShellCommand.Show(ShellCommand.KernelFile file) ->
          switch (file) {
            case CURRENT_TRACER ->
                Step.call(after, new ReadVariable(cpu.memory().currentTracer()), Costs.SHELL_LINE);
            case WATCHDOG_THRESH ->
                Step.call(after, new ReadVariable(cpu.memory().watchdogThresh()), Costs.SHELL_LINE);
            // put together from the logs after the run: reading them changes nothing in the machine
            case TRACE -> Step.call(after, new SeqRead(), Costs.SHELL_LINE);
            case INTERRUPTS, CPUINFO, CPUS_ONLINE, CPUS_OFFLINE ->
                Step.call(after, ReadOnlineFile.call(), Costs.SHELL_LINE);
            // never changes
            case AVAILABLE_FILTER_FUNCTIONS, DYN_FTRACE_TOTAL_INFO ->
                Step.call(after, new SeqRead(), Costs.SHELL_LINE);
          };
      case ShellCommand.ShowKernelLog _ -> Step.call(after, new SeqRead(), Costs.SHELL_LINE);
    };
  }
}
