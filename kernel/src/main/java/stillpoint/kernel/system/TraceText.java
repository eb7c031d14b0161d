package stillpoint.kernel.system;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import stillpoint.kernel.cpu.CpuReport;
import stillpoint.kernel.ftrace.TraceEntry;
import stillpoint.kernel.ftrace.TraceRing;
import stillpoint.kernel.sched.TaskKind;

/** The function trace of all CPUs as the kernel's trace file shows it. */
final class TraceText {
  private final Shared shared;
  private final List<CpuReport> cpus;

  private record Line(int cpu, TraceEntry entry) {}

  TraceText(Shared shared, List<CpuReport> cpus) {
    this.shared = shared;
    this.cpus = cpus;
  }

  /** The file as it was at a cycle, or at the end. */
  List<String> until(OptionalLong cycle) {
    List<Line> lines = new ArrayList<>();
    long written = 0;
    for (CpuReport cpu : cpus) {
      TraceRing.View whole = cpu.logs().trace();
      TraceRing.View ring = cycle.isEmpty() ? whole : whole.at(cycle.getAsLong());
      written += ring.written();
      ring.forEach(entry -> lines.add(new Line(cpu.cpu(), entry)));
    }
    lines.sort(
        Comparator.comparingLong((Line line) -> line.entry.cycle()).thenComparing(Line::cpu));
    List<String> header = header(lines.size(), written);
    return new AbstractList<>() {
      @Override
      public String get(int index) {
        return index < header.size() ? header.get(index) : format(lines.get(index - header.size()));
      }

      @Override
      public int size() {
        return header.size() + lines.size();
      }
    };
  }

  private List<String> header(int held, long written) {
    return List.of(
        "# tracer: function",
        "#",
        "# entries-in-buffer/entries-written: "
            + held
            + "/"
            + written
            + "   #P:"
            + shared.map().cpuCount(),
        "#",
        "#           TASK-PID    CPU#    TIMESTAMP  FUNCTION",
        "#              | |       |          |         |");
  }

  private String format(Line line) {
    long micros = shared.map().board().nanosAt(line.entry.cycle()) / 1000;
    return String.format(
        Locale.ROOT,
        "%16s-%-5d [%03d] %5d.%06d: %s <-%s",
        TaskKind.GUEST.nameOn(line.cpu),
        TaskKind.GUEST.pidOn(line.cpu, shared.map().cpuCount()),
        line.cpu,
        micros / 1_000_000,
        micros % 1_000_000,
        shared.symbols().nameAt(line.entry.ip()),
        shared.symbols().nameAt(line.entry.parentIp()));
  }
}
