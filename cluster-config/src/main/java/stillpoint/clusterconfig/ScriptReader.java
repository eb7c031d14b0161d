package stillpoint.clusterconfig;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import stillpoint.kernel.config.ScriptCommand;
import stillpoint.kernel.config.ShellCommand;
import stillpoint.kernel.shell.ModuleLine;
import stillpoint.kernel.shell.TestModules;
import stillpoint.machine.board.Board;

/** Reads {@code script}: what is typed at the guest's shell, when and where. */
final class ScriptReader {
  private ScriptReader() {}

  /**
   * @param move whether a CPU beyond the board becomes the last one, with a note, because {@code
   *     --cpus} took it away; else it is refused
   */
  static List<ScriptCommand> read(
      List<Section> lines, Board board, boolean move, long limitNanos, List<String> notes) {
    List<ScriptCommand> script = new ArrayList<>();
    for (Section line : lines) {
      long atNanos = line.nanos("at");
      if (atNanos > limitNanos) {
        throw line.bad("at", "is after the end, limits.virtual-time", "make one fit the other");
      }
      int cpu = line.count("on", 0, Board.MAX_CPUS - 1);
      if (cpu >= board.cpuCount()) {
        int last = board.cpuCount() - 1;
        if (!move) {
          throw line.bad("on", "is not a CPU of this board", "its CPUs are 0-" + last);
        }
        notes.add("the script line on CPU " + cpu + " runs on CPU " + last + ", the last one now");
        cpu = last;
      }
      String text = line.text("run");
      ShellCommand command =
          ShellLine.parse(
              text,
              why -> line.bad("run", why.problem(), why.remedy()),
              hint -> notes.add(line.bad("run", hint.problem(), hint.remedy()).getMessage()));
      if (command instanceof ShellCommand.RunTestModule) {
        checkModule(line, text, cpu, board);
      }
      if (command instanceof ShellCommand.SetCpuOnline set
          && set.takesOffline()
          && set.cpu() == cpu
          && cpu > 0) {
        throw line.bad(
            "run",
            "takes CPU " + cpu + " offline, on which it is typed: tasks never move here",
            "type it on another CPU");
      }
      line.refuseUnknownKeys();
      script.add(new ScriptCommand(atNanos, cpu, text, command));
    }
    script.sort(Comparator.comparingLong(ScriptCommand::atNanos));
    return script;
  }

  private static void checkModule(Section line, String text, int cpu, Board board) {
    try {
      TestModules.check(text, cpu, board.cpuCount());
    } catch (ModuleLine.BadLine e) {
      throw line.bad("run", e.getMessage(), e.remedy());
    }
  }
}
