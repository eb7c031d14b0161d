package stillpoint.kernel.system;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import stillpoint.kernel.config.ScriptCommand;
import stillpoint.kernel.config.ShellCommand;
import stillpoint.kernel.console.ConsoleProtocol;
import stillpoint.kernel.console.ConsoleReport;
import stillpoint.kernel.cpu.CpuReport;
import stillpoint.kernel.mm.KernelMemory;
import stillpoint.kernel.shell.CommandStatus;

/** What stands on the machine's console at the end: the kernel's log, what was typed, and what that printed. */
final class ConsoleText {
  private final Shared shared;

  private final ConsoleReport console;
  private final TraceText trace;
  private final ProcText proc;
  private final OnlineHistory online;

  /** Lines that appear together at a cycle; {@code order} breaks ties as they were made. */
  private record Block(long cycle, int order, List<String> lines) {}

  ConsoleText(Shared shared, ConsoleReport console, TraceText trace, List<CpuReport> cpus) {
    this.shared = shared;
    this.console = console;
    this.trace = trace;
    this.proc = new ProcText(shared, cpus);
    this.online = new OnlineHistory(shared.possible(), cpus);
  }

  List<String> lines() {
    List<Block> blocks = new ArrayList<>();
    for (ConsoleProtocol.LogLine line : console.log()) {
      blocks.add(new Block(line.cycle(), blocks.size(), List.of(line.text())));
    }
    for (int index : console.typed()) {
      ScriptCommand command = shared.setup().script().get(index);
      long typedCycle = shared.map().board().cycleAt(command.atNanos());
      blocks.add(
          new Block(
              typedCycle, blocks.size(), List.of("cpu" + command.cpu() + "# " + command.line())));
      long done = console.done().get(index);
      if (done >= 0) {
        blocks.add(
            new Block(
                done, blocks.size(), output(command.command(), done, console.status().get(index))));
      }
    }
    return blocks.stream()
        .sorted(Comparator.comparingLong(Block::cycle).thenComparing(Block::order))
        .flatMap(block -> block.lines().stream())
        .toList();
  }

  /** Of typed lines that were no commands, what their shell said: the report warns of them. */
  List<String> failedLines() {
    List<String> lines = new ArrayList<>();
    for (int index : console.typed()) {
      ScriptCommand line = shared.setup().script().get(index);
      boolean refusedModule =
          line.command() instanceof ShellCommand.RunTestModule && console.status().get(index) < 0;
      if (console.done().get(index) >= 0
          && (refusedModule || line.command() instanceof ShellCommand.Fails)) {
        List<String> said = output(line.command(), 0, console.status().get(index));
        lines.add("cpu" + line.cpu() + "# " + line.line() + ": " + said.getFirst());
      }
    }
    return lines;
  }

  /** Seconds of {@code watchdog_thresh} at boot. */
  private long bootThreshSeconds() {
    return shared.setup().kernel().detectors().watchdogThreshNanos() / 1_000_000_000L;
  }

  private List<String> output(ShellCommand command, long cycle, long status) {
    if (status == CommandStatus.CPU_OFFLINE) {
      return List.of("taskset: failed to set pid 1's affinity: Invalid argument");
    }
    return switch (command) {
      case ShellCommand.SetCpuOnline file ->
          status < 0 ? List.of(CommandStatus.openOrWriteError(file.path(), status)) : List.of();
      case ShellCommand.ShowCpuOnline file -> cpuOnline(file, status);
      case ShellCommand.SetCurrentTracer _,
          ShellCommand.SetFtraceFilter _,
          ShellCommand.SetWatchdogThresh _,
          ShellCommand.SysrqShowAllCpus _,
          ShellCommand.SysrqHelp _,
          ShellCommand.RemoveModule _,
          ShellCommand.StopMachineTest _ ->
          status < 0 ? List.of(CommandStatus.writeError(status)) : List.of();
      case ShellCommand.RunTestModule(String line) ->
          status < 0 ? List.of(CommandStatus.moduleError(moduleOf(line), status)) : List.of();
      case ShellCommand.Fails(String complaint) -> List.of(complaint);
      case ShellCommand.Show(ShellCommand.KernelFile file) -> content(file, cycle, status);
      case ShellCommand.ShowKernelLog _ ->
          console.log().stream()
              .filter(line -> line.cycle() <= cycle)
              .map(ConsoleProtocol.LogLine::text)
              .toList();
    };
  }

  private static String moduleOf(String line) {
    return line.strip().split("\\s+")[1];
  }

  private List<String> cpuOnline(ShellCommand.ShowCpuOnline file, long generation) {
    boolean hotpluggable = file.cpu() > 0 || shared.setup().kernel().cpu0Hotpluggable();
    if (!shared.possible().contains(file.cpu()) || !hotpluggable) {
      return List.of("cat: " + file.path() + ": No such file or directory");
    }
    return List.of(online.at(generation).contains(file.cpu()) ? "1" : "0");
  }

  /**
   * @param read the word that was read, for files that show one; of the mask of CPUs that are online, its generation
   */
  private List<String> content(ShellCommand.KernelFile file, long cycle, long read) {
    return switch (file) {
      case TRACE -> trace.until(OptionalLong.of(cycle));
      case CURRENT_TRACER -> List.of(read == 0 ? "nop" : "function");
      case AVAILABLE_FILTER_FUNCTIONS -> TracingText.availableFilterFunctions(shared.sites());
      case DYN_FTRACE_TOTAL_INFO -> TracingText.totalInfo(shared.sites());
      case INTERRUPTS -> proc.interrupts(cycle, online.at(read));
      case CPUINFO -> proc.cpuinfo(online.at(read));
      case CPUS_ONLINE -> List.of(online.at(read).toString());
      case CPUS_OFFLINE -> List.of(online.offlineAt(read).toString());
      case WATCHDOG_THRESH ->
          List.of(String.valueOf(KernelMemory.watchdogThreshSeconds(read, bootThreshSeconds())));
    };
  }
}
