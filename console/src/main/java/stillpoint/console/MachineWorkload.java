package stillpoint.console;

import stillpoint.actors.cluster.Workload;
import stillpoint.kernel.system.EmulatedMachine;
import stillpoint.kernel.system.MachineJudge;
import stillpoint.kernel.system.MachineSetup;
import stillpoint.kernel.system.PackedMessages;
import stillpoint.kernel.system.PackedReports;
import stillpoint.kernel.system.PackedSetup;
import stillpoint.kernel.system.ReportBuilder;
import stillpoint.machine.elf.ElfFormatException;
import stillpoint.machine.packed.Codec;
import stillpoint.machine.packed.PackedInput;
import stillpoint.machine.packed.PackedOutput;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.CutJudge;
import stillpoint.machine.time.Message;
import stillpoint.machine.time.Model;
import stillpoint.machine.time.Report;
import stillpoint.machine.time.RunOutcome;

/** An emulated machine as what a cluster runs. */
final class MachineWorkload implements Workload {
  private final MachineSetup setup;
  private final EmulatedMachine machine;

  private MachineWorkload(MachineSetup setup) throws ElfFormatException {
    this.setup = setup;
    this.machine = new EmulatedMachine(setup);
  }

  static byte[] pack(MachineSetup setup) {
    return PackedSetup.setup().toBytes(setup);
  }

  static Workload unpack(byte[] bytes) {
    try {
      return new MachineWorkload(PackedSetup.setup().fromBytes(bytes));
    } catch (ElfFormatException e) {
      throw new BrokenInvariant("a guest that was checked before it was sent: " + e.getMessage(), e);
    }
  }

  @Override
  public Model model() {
    return machine;
  }

  @Override
  public CutJudge newJudge() {
    return new MachineJudge(setup);
  }

  @Override
  public Codec<Message> messages() {
    return PackedMessages.codec();
  }

  @Override
  public boolean reads(int id) {
    return switch (machine.shared().map().kindOf(id)) {
      case CPU, CONSOLE -> true;
      case INTERRUPT_SLICE, DIRECTORY_SLICE -> false;
    };
  }

  @Override
  public Codec<Report> reportsAtCut() {
    return PackedReports.atCut();
  }

  @Override
  public Codec<Report> reportsAtEnd() {
    return PackedReports.atEnd();
  }

  @Override
  public byte[] result(CutJudge judge, RunOutcome outcome) {
    MachineJudge.Ending ending =
        ((MachineJudge) judge)
            .ending()
            .orElseThrow(
                () ->
                    new BrokenInvariant(
                        "the run ended at cycle " + outcome.endCycle() + " unjudged"));
    PackedOutput out = new PackedOutput();
    out.putText(outcome.digest());
    out.putUnsigned(outcome.events());
    out.putUnsigned(outcome.windows());
    out.putUnsigned(outcome.rounds());
    out.putUnsigned(outcome.remoteBatches());
    PackedSetup.report()
        .write(
            new ReportBuilder(machine.shared(), ending, outcome.finalReports()).build(), out);
    return out.toBytes();
  }

  static Finished finished(byte[] result, int nodes, long wallMs) {
    PackedInput in = new PackedInput(result);
    String digest = in.getText();
    long events = in.getUnsigned();
    long windows = in.getUnsigned();
    long rounds = in.getUnsigned();
    long remoteBatches = in.getUnsigned();
    var report = PackedSetup.report().read(in);
    in.requireEnd();
    return new Finished(report, digest, events, nodes, windows, rounds, remoteBatches, wallMs);
  }
}
