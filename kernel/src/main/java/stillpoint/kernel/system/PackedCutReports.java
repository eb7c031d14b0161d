package stillpoint.kernel.system;

import java.util.Map;
import java.util.TreeMap;
import stillpoint.kernel.cpu.AppendLog;
import stillpoint.kernel.cpu.CpuReport;
import stillpoint.kernel.flush.FlushRecord;
import stillpoint.kernel.ftrace.PatchStore;
import stillpoint.machine.packed.Codec;
import stillpoint.machine.packed.PackedFormatException;
import stillpoint.machine.packed.PackedInput;
import stillpoint.machine.packed.PackedOutput;
import stillpoint.machine.time.Report;

/**
 * Reports of one cut after the other. A CPU that patches 9,119 words logs as many stores, and each
 * of its reports has all so far; here only those go over that the other end has not had, and it puts
 * them to the others.
 */
final class PackedCutReports implements Codec<Report> {
  private final Codec<Report> whole;

  /** By CPU. */
  private final Map<Integer, Told> told = new TreeMap<>();

  private final Map<Integer, Heard> heard = new TreeMap<>();

  /** How much of a CPU's logs has been written. */
  private record Told(int stores, int flushes) {
    static final Told NOTHING = new Told(0, 0);
  }

  /** What has been read of a CPU's logs. */
  private record Heard(AppendLog<PatchStore> stores, AppendLog<FlushRecord> flushes) {
    static Heard nothing() {
      return new Heard(new AppendLog<>(), new AppendLog<>());
    }
  }

  PackedCutReports(Codec<Report> whole) {
    this.whole = whole;
  }

  @Override
  public void write(Report report, PackedOutput out) {
    if (!(report instanceof CpuReport cpu)) {
      whole.write(report, out);
      return;
    }
    var stores = cpu.logs().stores();
    var flushes = cpu.logs().flushes();
    Told before = told.getOrDefault(cpu.cpu(), Told.NOTHING);
    whole.write(
        cpu.withoutHistory(
            stores.subList(before.stores(), stores.size()),
            flushes.subList(before.flushes(), flushes.size())),
        out);
    out.putUnsigned(stores.size());
    out.putUnsigned(flushes.size());
    told.put(cpu.cpu(), new Told(stores.size(), flushes.size()));
  }

  @Override
  public Report read(PackedInput in) {
    Report report = whole.read(in);
    if (!(report instanceof CpuReport cpu)) {
      return report;
    }
    Heard all = heard.computeIfAbsent(cpu.cpu(), _ -> Heard.nothing());
    cpu.logs().stores().forEach(all.stores()::add);
    cpu.logs().flushes().forEach(all.flushes()::add);
    if (in.getUnsigned() != all.stores().size() | in.getUnsigned() != all.flushes().size()) {
      throw new PackedFormatException(
          "a report of CPU " + cpu.cpu() + " before this one is missing");
    }
    return cpu.withoutHistory(all.stores().view(), all.flushes().view());
  }
}
