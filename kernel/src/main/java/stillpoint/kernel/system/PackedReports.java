package stillpoint.kernel.system;

import java.util.List;
import stillpoint.kernel.console.ConsoleReport;
import stillpoint.kernel.cpu.CpuReport;
import stillpoint.kernel.fault.StruckReport;
import stillpoint.kernel.ftrace.ExecutionLog;
import stillpoint.kernel.ftrace.TraceRing;
import stillpoint.kernel.irq.InterruptLog;
import stillpoint.machine.interrupt.CpuSet;
import stillpoint.machine.packed.Codec;
import stillpoint.machine.packed.Codecs;
import stillpoint.machine.packed.PackedInput;
import stillpoint.machine.packed.PackedOutput;
import stillpoint.machine.time.Report;

/** Reports as bytes: those that the judge and the final report read, CPUs' and the console's. */
public final class PackedReports {
  private static final Codec<Report> WHOLE = whole();
  private PackedReports() {}

  /** With all that is in them. */
  public static Codec<Report> atEnd() {
    return WHOLE;
  }

  /**
   * With what a judge reads at a cut; of logs that only grow, what is new since the cut before. One
   * for each end of a link whose reports all arrive, once and in order.
   */
  public static Codec<Report> atCut() {
    return new PackedCutReports(WHOLE);
  }

  private static Codec<Report> whole() {
    Codecs codecs = new Codecs().with(CpuSet.class, CpuSet.PACKED);
    codecs.with(TraceRing.View.class, TraceRing.packedView(codecs));
    codecs.with(InterruptLog.View.class, InterruptLog.packedView(codecs));
    codecs.with(ExecutionLog.View.class, ExecutionLog.packedView(codecs));
    Codec<Report> all =
        codecs.union(
            Report.class,
            List.of(
                CpuReport.class,
                ConsoleReport.class,
                StruckReport.class,
                StruckReport.Unread.class));
    return new Codec<>() {
      @Override
      public void write(Report report, PackedOutput out) {
        boolean unread =
            report instanceof StruckReport struck && !(struck.process() instanceof ConsoleReport);
        all.write(unread ? ((StruckReport) report).alone() : report, out);
      }

      @Override
      public Report read(PackedInput in) {
        return all.read(in);
      }
    };
  }
}
