package stillpoint.kernel.system;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import stillpoint.kernel.cpu.CpuReport;
import stillpoint.kernel.irq.InterruptLog;
import stillpoint.kernel.irq.InterruptLog.Source;
import stillpoint.machine.board.Board;
import stillpoint.machine.interrupt.CpuSet;

/** Files that tell of the machine and its interrupts, in Linux's formats for MIPS. */
final class ProcText {
  /** Width of the interrupt number in {@code /proc/interrupts}. */
  private static final int NUMBER_WIDTH = 3;

  private final Shared shared;
  private final List<CpuReport> cpus;

  ProcText(Shared shared, List<CpuReport> cpus) {
    this.shared = shared;
    this.cpus = cpus;
  }

  /** A line of {@code /proc/interrupts}. */
  private record Row(int number, Source source, String chip, String name) {}

  /** {@code /proc/interrupts} as it was at a cycle, a column for each CPU that was online. */
  List<String> interrupts(long cycle, CpuSet online) {
    List<CpuReport> shown = shown(online);
    String controller =
        switch (shared.map().board().interruptController()) {
          case XLR_PIC -> "XLR-PIC";
          case OCTEON_CIU -> "CIU-M";
          case GIC -> "MIPS GIC";
          case VSMP -> "MIPS";
        };
    List<Row> rows =
        List.of(
            new Row(7, Source.TIMER, "MIPS", "timer"),
            new Row(8, Source.RESCHED, controller, "IPI resched"),
            new Row(9, Source.CALL_FUNCTION, controller, "IPI call"),
            new Row(10, Source.ICACHE_FLUSH, controller, "IPI icache"),
            new Row(17, Source.UART, controller, "serial"));
    List<String> lines = new ArrayList<>();
    StringBuilder header = new StringBuilder(" ".repeat(NUMBER_WIDTH + 8));
    for (CpuReport cpu : shown) {
      header.append(String.format(Locale.ROOT, "CPU%-8d", cpu.cpu()));
    }
    lines.add(header.toString());
    rows.forEach(row -> lines.add(interrupts(row, cycle, shown)));
    long spurious =
        cpus.stream()
            .mapToLong(cpu -> cpu.logs().interrupts().countAt(Source.SPURIOUS, cycle))
            .sum();
    lines.add(String.format(Locale.ROOT, "%" + NUMBER_WIDTH + "s: %10d", "ERR", spurious));
    return lines;
  }

  private List<CpuReport> shown(CpuSet online) {
    return cpus.stream().filter(cpu -> online.contains(cpu.cpu())).toList();
  }

  private String interrupts(Row row, long cycle, List<CpuReport> shown) {
    StringBuilder line = new StringBuilder();
    line.append(String.format(Locale.ROOT, "%" + NUMBER_WIDTH + "d: ", row.number));
    for (CpuReport cpu : shown) {
      InterruptLog.View log = cpu.logs().interrupts();
      line.append(String.format(Locale.ROOT, "%10d ", log.countAt(row.source, cycle)));
    }
    line.append(String.format(Locale.ROOT, " %8s %3d  %s", row.chip, row.number, row.name));
    return line.toString();
  }

  /**
   * {@code /proc/cpuinfo} of the CPUs that are online, as Linux 6.1's arch/mips/kernel/proc.c lays it out. The modelled kernel
   * uses no TLB.
   */
  List<String> cpuinfo(CpuSet online) {
    Board board = shared.map().board();
    List<String> lines = new ArrayList<>();
    lines.add("system type\t\t: " + board.name());
    for (CpuReport cpu : shown(online)) {
      lines.add("processor\t\t: " + cpu.cpu());
      lines.add("cpu model\t\t: MIPS64R2 V0.0");
      // the delay loop has two instructions of a cycle each
      lines.add("BogoMIPS\t\t: " + board.clockMhz() + ".00");
      lines.add("wait instruction\t: yes");
      lines.add("microsecond timers\t: yes");
      lines.add("tlb_entries\t\t: 0");
      lines.add("extra interrupt vector\t: yes");
      lines.add("hardware watchpoint\t: no");
      lines.add("isa\t\t\t: mips1 mips2 mips3 mips4 mips5 mips32r1 mips32r2 mips64r1 mips64r2");
      lines.add("ASEs implemented\t:");
      lines.add("shadow register sets\t: 1");
      lines.add("kscratch registers\t: 0");
      lines.add("package\t\t\t: 0");
      lines.add("core\t\t\t: " + cpu.cpu());
      lines.add("VCED exceptions\t\t: not available");
      lines.add("VCEI exceptions\t\t: not available");
      lines.add("");
    }
    return lines;
  }
}
