package stillpoint.actors.reconcile;

import java.util.Arrays;
import java.util.List;
import stillpoint.actors.snapshot.SnapshotStore;
import stillpoint.machine.packed.PackedInput;
import stillpoint.machine.time.Model;

/** What the processes of several nodes say that they took and sent, where it comes together. */
final class SeenOnNodes implements Seen {
  private final Model model;
  private final WitnessCodec codec;
  private final WitnessCodec.Account[] accounts;

  SeenOnNodes(Model model, WitnessCodec codec) {
    this.model = model;
    this.codec = codec;
    this.accounts = new WitnessCodec.Account[model.size()];
    Arrays.fill(accounts, new WitnessCodec.Account(0, 0, List.of()));
  }

  /** Takes in what all nodes have said at a cut. */
  void accept(List<SnapshotStore.Part> parts) {
    for (SnapshotStore.Part part : parts) {
      PackedInput in = new PackedInput(part.carried());
      for (int left = in.getCount(1); left > 0; left--) {
        int id = (int) in.getUnsigned();
        accounts[id] = codec.unpack(id, new PackedInput(in.getBytes()));
      }
      in.requireEnd();
    }
  }

  @Override
  public int size() {
    return accounts.length;
  }

  @Override
  public String nameOf(int id) {
    return model.nameOf(id);
  }

  @Override
  public long hash(int id) {
    return accounts[id].hash();
  }

  @Override
  public List<Witnessed> events(int id) {
    return accounts[id].events();
  }

  @Override
  public long stateHash(int id) {
    return accounts[id].stateHash();
  }

  @Override
  public void agreed() {
    for (int id = 0; id < accounts.length; id++) {
      WitnessCodec.Account last = accounts[id];
      if (!last.events().isEmpty()) {
        accounts[id] = new WitnessCodec.Account(last.hash(), last.stateHash(), List.of());
      }
    }
  }
}
