package stillpoint.clusterconfig;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import stillpoint.kernel.config.ScriptCommand;
import stillpoint.kernel.config.ScriptCommand.Action;
import stillpoint.machine.board.Board;

/** Reads {@code script}: what is typed at the guest's shell, when and where. */
final class ScriptReader {
  /** With the spaces of the line made single; {@code /sys/kernel/debug} is {@code /debug} too. */
  private static final Map<String, Action> LINES =
      Map.of(
          "echo function > /debug/tracing/current_tracer", Action.ENABLE_FUNCTION_TRACER,
          "echo nop > /debug/tracing/current_tracer", Action.DISABLE_TRACER,
          "cat /debug/tracing/trace", Action.SHOW_TRACE,
          "dmesg", Action.SHOW_KERNEL_LOG,
          "rmmod dummy", Action.REMOVE_MODULE);

  private static final String KNOWN =
      "the shell knows: echo function|nop > /debug/tracing/current_tracer, cat"
          + " /debug/tracing/trace, dmesg, rmmod dummy (/sys/kernel/debug is /debug too)";

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
      Action action =
          actionOf(text).orElseThrow(() -> line.bad("run", "is not a line the shell knows", KNOWN));
      line.refuseUnknownKeys();
      script.add(new ScriptCommand(atNanos, cpu, text, action));
    }
    script.sort(Comparator.comparingLong(ScriptCommand::atNanos));
    return script;
  }

  private static Optional<Action> actionOf(String text) {
    String plain =
        text.strip()
            .replaceAll("\\s+", " ")
            .replaceAll(" ?> ?", " > ")
            .replace("/sys/kernel/debug/", "/debug/");
    return Optional.ofNullable(LINES.get(plain));
  }
}
