package stillpoint.kernel.system;

import java.util.List;
import java.util.Optional;
import stillpoint.kernel.console.ConsoleReport;
import stillpoint.kernel.cpu.CpuReport;
import stillpoint.kernel.fault.Strike;
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
    codecs.with(StruckReport.class, struck(codecs.of(Struck.class)));
    return codecs.union(
        Report.class, List.of(CpuReport.class, ConsoleReport.class, StruckReport.class));
  }

  /** What travels of a process that is no CPU and that faults struck: the console's words, but no slice's, which nobody reads. */
  private record Struck(List<Strike> strikes, Optional<ConsoleReport> console) {}

  private static Codec<StruckReport> struck(Codec<Struck> codec) {
    return new Codec<>() {
      @Override
      public void write(StruckReport report, PackedOutput out) {
        Optional<ConsoleReport> console =
            report.process() instanceof ConsoleReport said ? Optional.of(said) : Optional.empty();
        codec.write(new Struck(report.strikes(), console), out);
      }

      @Override
      public StruckReport read(PackedInput in) {
        Struck struck = codec.read(in);
        Report process =
            struck.console().isPresent() ? struck.console().get() : new StruckReport.Unread();
        return new StruckReport(struck.strikes(), process);
      }
    };
  }
}
