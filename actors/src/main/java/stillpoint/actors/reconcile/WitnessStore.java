package stillpoint.actors.reconcile;

import java.util.List;
import java.util.function.BiConsumer;
import stillpoint.actors.snapshot.SnapshotStore;
import stillpoint.machine.packed.PackedOutput;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.CutJudge;
import stillpoint.machine.time.CutProgress;
import stillpoint.machine.time.LogicalProcess;
import stillpoint.machine.time.RunnerState;
import stillpoint.machine.time.Snapshots;

/**
 * Brings what processes saw to the node with the judge, at each cut, the way snapshots go there. All
 * nodes wait at the cut until it has been compared.
 */
final class WitnessStore implements Snapshots, SnapshotStore {
  private final WitnessCodec codec;
  private final BiConsumer<CutProgress, List<Part>> whole;

  /** {@code whole}: hears of each cut, on the node with the judge. */
  WitnessStore(WitnessCodec codec, BiConsumer<CutProgress, List<Part>> whole) {
    this.codec = codec;
    this.whole = whole;
  }

  @Override
  public byte[] save(RunnerState state, LogicalProcess process) {
    ProcessWitness witness = (ProcessWitness) process;
    byte[] account = codec.pack(witness);
    witness.agreed();
    return account;
  }

  @Override
  public Part put(CutProgress at, int group, int[] ids, byte[][] accounts) {
    PackedOutput out = new PackedOutput();
    int count = 0;
    for (byte[] account : accounts) {
      count += account.length > 0 ? 1 : 0;
    }
    out.putUnsigned(count);
    for (int i = 0; i < ids.length; i++) {
      if (accounts[i].length > 0) {
        out.putUnsigned(ids[i]);
        out.putBytes(accounts[i]);
      }
    }
    byte[] carried = out.toBytes();
    return new Part(group, "", carried.length, "", carried);
  }

  @Override
  public void complete(CutProgress at, byte[] judge, List<Part> parts) {
    whole.accept(at, parts);
  }

  @Override
  public byte[] save(CutJudge judge) {
    return new byte[0];
  }

  @Override
  public RunnerState load(byte[] snapshot, LogicalProcess process) {
    throw new BrokenInvariant("nobody goes on from what was only watched");
  }

  @Override
  public void load(byte[] snapshot, CutJudge judge) {
    throw new BrokenInvariant("nobody goes on from what was only watched");
  }
}
