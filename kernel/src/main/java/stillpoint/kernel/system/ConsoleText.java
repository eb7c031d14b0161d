package stillpoint.kernel.system;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import stillpoint.kernel.config.ScriptCommand;
import stillpoint.kernel.config.ShellCommand;
import stillpoint.kernel.console.ConsoleProtocol;
import stillpoint.kernel.console.ConsoleReport;

/** What stands on the machine's console at the end: the kernel's log, what was typed, and what that printed. */
final class ConsoleText {
  private final Shared shared;
  private final ConsoleReport console;
  private final TraceText trace;

  /** Lines that appear together at a cycle; {@code order} breaks ties as they were made. */
  private record Block(long cycle, int order, List<String> lines) {}

  ConsoleText(Shared shared, ConsoleReport console, TraceText trace) {
    this.shared = shared;
    this.console = console;
    this.trace = trace;
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
        blocks.add(new Block(done, blocks.size(), output(command.command(), done)));
      }
    }
    return blocks.stream()
        .sorted(Comparator.comparingLong(Block::cycle).thenComparing(Block::order))
        .flatMap(block -> block.lines().stream())
        .toList();
  }

  private List<String> output(ShellCommand command, long cycle) {
    return switch (command) {
      case ShellCommand.SetCurrentTracer _ -> List.of();
      case ShellCommand.Show(ShellCommand.KernelFile file) ->
          switch (file) {
            case TRACE -> trace.until(OptionalLong.of(cycle));
          };
      case ShellCommand.ShowKernelLog _ ->
          console.log().stream()
              .filter(line -> line.cycle() <= cycle)
              .map(ConsoleProtocol.LogLine::text)
              .toList();
    };
  }
}
