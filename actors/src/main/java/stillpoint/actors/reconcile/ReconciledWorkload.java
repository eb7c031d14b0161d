package stillpoint.actors.reconcile;

import java.util.List;
import java.util.Optional;
import stillpoint.actors.cluster.Workload;
import stillpoint.actors.snapshot.Checkpointing;
import stillpoint.actors.snapshot.SnapshotStore;
import stillpoint.machine.packed.Codec;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.CutJudge;
import stillpoint.machine.time.CutProgress;
import stillpoint.machine.time.Message;
import stillpoint.machine.time.Model;
import stillpoint.machine.time.Report;
import stillpoint.machine.time.RunOutcome;
import stillpoint.machine.time.SnapshotSchedule;

/**
 * A workload on several nodes that is compared with the same one on one node. That one runs beside
 * the judge, in lock-step: at each cut the nodes wait, say what their processes took and sent since
 * the last one, and go on when it was the same; else the run ends, and its failure names the first
 * event that differs. So nobody remembers more than lies between two cuts.
 */
public final class ReconciledWorkload implements Workload {
  private static final String ONE_NODE = "one node";
  private static final int REFERENCE = 0;
  private static final int NODES = 1;

  private final Workload workload;
  private final String name;
  private final WitnessedModel model;
  private final SeenOnNodes seen;
  private final WitnessStore store;
  private final Comparison comparison;
  private final LockStep lockStep;
  private final OneNode reference;
  private boolean begun;

  /**
   * @param workload what the nodes run
   * @param again the same, read anew: what one node runs
   * @param name of the nodes' side, for people
   */
  public ReconciledWorkload(Workload workload, Workload again, String name) {
    this.workload = workload;
    this.name = name;
    this.model = new WitnessedModel(workload.model());
    WitnessCodec codec = new WitnessCodec(workload.messages());
    this.seen = new SeenOnNodes(model, codec);
    this.store = new WitnessStore(codec, this::compare);
    WitnessedModel referenceModel = new WitnessedModel(again.model());
    this.comparison = new Comparison(referenceModel, seen);
    this.lockStep = new LockStep(comparison);
    this.reference = new OneNode(referenceModel, again, lockStep, REFERENCE);
  }

  /** On the node with the judge, while all nodes wait at a cut. */
  private void compare(CutProgress at, List<SnapshotStore.Part> parts) {
    seen.accept(parts);
    if (!begun) {
      begun = true;
      reference.start();
    }
    try {
      lockStep.meet(NODES, new LockStep.Met(at.cycle(), ""));
    } catch (Parted parted) {
      throw failure();
    }
  }

  private BrokenInvariant failure() {
    reference.await();
    Optional<Difference> difference = lockStep.difference();
    if (difference.isPresent()) {
      return new BrokenInvariant(difference.get().text(ONE_NODE, name));
    }
    reference.outcome();
    return new BrokenInvariant("two sides parted, nobody says where");
  }

  @Override
  public byte[] result(CutJudge judge, RunOutcome outcome, long nanos) {
    lockStep.end(NODES, false);
    reference.await();
    if (lockStep.difference().isPresent()) {
      throw failure();
    }
    RunOutcome expected = reference.outcome();
    Optional<Difference> difference = comparison.states(outcome.endCycle());
    if (difference.isEmpty() && !expected.digest().equals(outcome.digest())) {
      difference =
          Optional.of(
              new Difference(
                  outcome.endCycle(),
                  "the end of the run",
                  Optional.of(expected.digest()),
                  Optional.of(outcome.digest())));
    }
    if (difference.isPresent()) {
      throw new BrokenInvariant(difference.get().text(ONE_NODE, name));
    }
    return workload.result(judge, outcome, nanos);
  }

  @Override
  public void close() {
    lockStep.end(NODES, true);
    workload.close();
  }

  @Override
  public Checkpointing checkpointing(boolean again) {
    return new Checkpointing(new SnapshotSchedule(1, true), store, store, Optional.empty());
  }

  @Override
  public Model model() {
    return model;
  }

  @Override
  public CutJudge newJudge() {
    return workload.newJudge();
  }

  @Override
  public Codec<Message> messages() {
    return workload.messages();
  }

  @Override
  public boolean reads(int id) {
    return workload.reads(id);
  }

  @Override
  public Codec<Report> reportsAtCut() {
    return workload.reportsAtCut();
  }

  @Override
  public Codec<Report> reportsAtEnd() {
    return workload.reportsAtEnd();
  }
}
