package stillpoint.kernel.system;

import stillpoint.kernel.report.RunReport;
import stillpoint.machine.interrupt.CpuSet;
import stillpoint.machine.packed.Codec;
import stillpoint.machine.packed.Codecs;

/** All that a run depends on, and what comes of it, as bytes: no other node needs the files. */
public final class PackedSetup {
  private static final Codec<RunReport> REPORT = codecs().of(RunReport.class);

  private PackedSetup() {}

  /** For records that hold a {@link MachineSetup}. */
  public static Codecs codecs() {
    return new Codecs().with(CpuSet.class, CpuSet.PACKED);
  }

  public static Codec<RunReport> report() {
    return REPORT;
  }
}
