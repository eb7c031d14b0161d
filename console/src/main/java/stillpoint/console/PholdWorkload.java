package stillpoint.console;

import java.util.List;
import stillpoint.actors.cluster.Workload;
import stillpoint.actors.snapshot.Checkpointing;
import stillpoint.machine.packed.Codec;
import stillpoint.machine.packed.Codecs;
import stillpoint.machine.packed.PackedInput;
import stillpoint.machine.packed.PackedOutput;
import stillpoint.machine.time.CutJudge;
import stillpoint.machine.time.CutReports;
import stillpoint.machine.time.Message;
import stillpoint.machine.time.RemoteTraffic;
import stillpoint.machine.time.Report;
import stillpoint.machine.time.RunOutcome;
import stillpoint.machine.time.phold.Phold;

/** PHOLD as what a cluster runs: what nodes cost each other when their processes do no work. */
record PholdWorkload(Phold model, long limitCycle) implements Workload {
  private static final Codec<PholdWorkload> CODEC = new Codecs().of(PholdWorkload.class);
  private static final Codec<Message> MESSAGES =
      new Codecs().union(Message.class, List.of(Phold.Ball.class));
  private static final Codec<Report> REPORTS =
      new Codecs().union(Report.class, List.of(Phold.Caught.class));

  /** What came of it. */
  record Result(
      String digest, long events, long windows, long rounds, RemoteTraffic remote, long nanos) {
    private static final Codec<Result> CODEC = new Codecs().of(Result.class);

    static Result of(byte[] bytes) {
      return CODEC.fromBytes(bytes);
    }
  }

  /** Ends the run at a cycle. */
  private record ToTheLimit(long limitCycle) implements CutJudge {
    @Override
    public long nextCutAfter(long cycle) {
      return Long.MAX_VALUE;
    }

    @Override
    public boolean wantsReports(Cut cut, long blockedSince) {
      return true;
    }

    @Override
    public Decision judge(Cut cut, CutReports reports) {
      return Decision.STOP;
    }
  }

  void pack(PackedOutput out) {
    CODEC.write(this, out);
  }

  static PholdWorkload unpack(PackedInput in) {
    return CODEC.read(in);
  }

  @Override
  public CutJudge newJudge() {
    return new ToTheLimit(limitCycle);
  }

  @Override
  public Codec<Message> messages() {
    return MESSAGES;
  }

  @Override
  public boolean reads(int id) {
    return false;
  }

  @Override
  public Codec<Report> reportsAtCut() {
    return REPORTS;
  }

  @Override
  public Codec<Report> reportsAtEnd() {
    return REPORTS;
  }

  @Override
  public Checkpointing checkpointing(boolean again) {
    return Checkpointing.NONE;
  }

  @Override
  public byte[] result(CutJudge judge, RunOutcome outcome, long nanos) {
    return Result.CODEC.toBytes(
        new Result(
            outcome.digest(),
            outcome.events(),
            outcome.windows(),
            outcome.rounds(),
            outcome.remote(),
            nanos));
  }
}
