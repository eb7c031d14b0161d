package stillpoint.console;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import stillpoint.actors.checkpoint.Checkpoint;
import stillpoint.actors.checkpoint.CheckpointFolder;
import stillpoint.actors.checkpoint.RunIdentity;
import stillpoint.actors.cluster.Workload;
import stillpoint.actors.snapshot.CborSnapshots;
import stillpoint.actors.snapshot.Checkpointing;
import stillpoint.actors.snapshot.SnapshotStore;
import stillpoint.kernel.fault.Fault;
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
import stillpoint.machine.time.RemoteTraffic;
import stillpoint.machine.time.Report;
import stillpoint.machine.time.RunOutcome;
import stillpoint.machine.time.SnapshotSchedule;

/** An emulated machine as what a cluster runs. */
final class MachineWorkload implements Workload {
  /** What the asking side sends: all that a run depends on, by value. Folders are shared ones. */
  private record Spec(
      MachineSetup setup,
      Optional<Written> written,
      Optional<String> restoreFolder,
      List<Fault.ActorCrash> crashes) {}

  /** {@code sign}: by which nodes know that they see one folder. */
  private record Written(long everyNanos, String folder, RunIdentity identity, String sign) {}

  private static final Codec<Spec> CODEC = PackedSetup.codecs().of(Spec.class);

  private final Spec spec;
  private final MachineSetup setup;
  private final EmulatedMachine machine;

  /** Whether the run was begun before: what crashed has crashed. */
  private boolean again;

  private MachineWorkload(Spec spec) throws ElfFormatException {
    this.spec = spec;
    this.setup = spec.setup();
    this.machine = new EmulatedMachine(setup);
  }

  /**
   * @param sign in the folder for checkpoints, if there is one
   * @param crashes actors that fail when the run is carried for the first time
   */
  static byte[] pack(
      MachineSetup setup, Checkpoints checkpoints, String sign, List<Fault.ActorCrash> crashes) {
    return Workloads.machine(
        CODEC.toBytes(
            new Spec(
                setup,
                checkpoints
                    .written()
                    .map(
                        written ->
                            new Written(
                                written.everyNanos(),
                                written.folder().toAbsolutePath().toString(),
                                written.identity(),
                                sign)),
                checkpoints
                    .from()
                    .map(from -> from.folder().toAbsolutePath().getParent().toString()),
                crashes)));
  }

  static Workload unpack(byte[] bytes) {
    try {
      return new MachineWorkload(CODEC.fromBytes(bytes));
    } catch (ElfFormatException e) {
      throw new BrokenInvariant(
          "a guest that was checked before it was sent: " + e.getMessage(), e);
    }
  }

  @Override
  public Model model() {
    return again || spec.crashes().isEmpty()
        ? machine
        : new CrashingMachine(machine, spec.crashes(), setup.board());
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
      case INTERRUPT_SLICE, DIRECTORY_SLICE -> machine.tellsOfFaults();
      case ROUTER -> false;
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
  public Checkpointing checkpointing(boolean isAgain) {
    again = isAgain;
    Optional<Path> folder = spec.written().map(written -> Path.of(written.folder()));
    spec.written()
        .ifPresent(written -> CheckpointFolder.requireShared(folder.get(), written.sign()));
    Optional<Path> from =
        again && folder.filter(Checkpoint::existsIn).isPresent()
            ? folder
            : spec.restoreFolder().map(Path::of);
    if (spec.written().isEmpty() && from.isEmpty()) {
      return Checkpointing.NONE;
    }
    return new Checkpointing(
        spec.written()
            .map(written -> new SnapshotSchedule(setup.board().cycleAt(written.everyNanos())))
            .orElse(SnapshotSchedule.NONE),
        spec.written()
            .<SnapshotStore>map(
                written -> new CheckpointFolder(folder.get(), written.identity(), machine.size()))
            .orElse(Checkpointing.NONE.store()),
        CrashingMachine.ofMachine(new CborSnapshots(machine)),
        from.map(found -> Checkpoint.newest(found, version())));
  }

  /** Of the run's own checkpoints, or this program's. */
  private String version() {
    return spec.written()
        .map(written -> written.identity().version())
        .orElse(Versions.stillpoint());
  }

  @Override
  public byte[] result(CutJudge judge, RunOutcome outcome, long nanos) {
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
    out.putUnsigned(outcome.remote().batches());
    out.putUnsigned(outcome.remote().events());
    out.putUnsigned(outcome.remote().bytes());
    out.putUnsigned(nanos);
    PackedSetup.report()
        .write(new ReportBuilder(machine.shared(), ending, outcome.finalReports()).build(), out);
    return out.toBytes();
  }

  static Finished finished(byte[] result, int nodes, long wallMs) {
    PackedInput in = new PackedInput(result);
    String digest = in.getText();
    long events = in.getUnsigned();
    long windows = in.getUnsigned();
    long rounds = in.getUnsigned();
    var remote = new RemoteTraffic(in.getUnsigned(), in.getUnsigned(), in.getUnsigned());
    long runMs = in.getUnsigned() / 1_000_000;
    var report = PackedSetup.report().read(in);
    in.requireEnd();
    return new Finished(report, digest, events, nodes, windows, rounds, remote, runMs, wallMs);
  }
}
