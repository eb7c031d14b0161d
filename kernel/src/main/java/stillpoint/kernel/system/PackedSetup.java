package stillpoint.kernel.system;

import stillpoint.kernel.report.RunReport;
import stillpoint.machine.interrupt.CpuSet;
import stillpoint.machine.packed.Codec;
import stillpoint.machine.packed.Codecs;

/** All that a run depends on, and what comes of it, as bytes: no other node needs the files. */
public final class PackedSetup {
  private static final Codecs CODECS = new Codecs().with(CpuSet.class, CpuSet.PACKED);
  private static final Codec<MachineSetup> SETUP = CODECS.of(MachineSetup.class);
  private static final Codec<RunReport> REPORT = CODECS.of(RunReport.class);

  private PackedSetup() {}

  public static Codec<MachineSetup> setup() {
    return SETUP;
  }

  public static Codec<RunReport> report() {
    return REPORT;
  }
}
