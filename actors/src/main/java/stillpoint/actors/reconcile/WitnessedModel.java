package stillpoint.actors.reconcile;

import java.util.List;
import stillpoint.machine.time.BrokenInvariant;
import stillpoint.machine.time.LogicalProcess;
import stillpoint.machine.time.Model;
import stillpoint.machine.time.PlaceRange;

/** A model whose processes are watched. One run. */
final class WitnessedModel implements Model, Seen {
  private final Model model;
  private final ProcessWitness[] witnesses;

  WitnessedModel(Model model) {
    this.model = model;
    this.witnesses = new ProcessWitness[model.size()];
  }

  @Override
  public long hash(int id) {
    return witnesses[id].hash();
  }

  @Override
  public List<Witnessed> events(int id) {
    return witnesses[id].events();
  }

  @Override
  public long stateHash(int id) {
    return witnesses[id].stateHash();
  }

  @Override
  public void agreed() {
    for (ProcessWitness witness : witnesses) {
      witness.agreed();
    }
  }

  @Override
  public LogicalProcess create(int id) {
    if (witnesses[id] != null) {
      throw new BrokenInvariant(nameOf(id) + " is built twice while it is watched");
    }
    witnesses[id] = new ProcessWitness(id, model.create(id));
    return witnesses[id];
  }

  @Override
  public int size() {
    return model.size();
  }

  @Override
  public String nameOf(int id) {
    return model.nameOf(id);
  }

  @Override
  public long lookaheadCycles() {
    return model.lookaheadCycles();
  }

  @Override
  public int places() {
    return model.places();
  }

  @Override
  public int placeOf(int id) {
    return model.placeOf(id);
  }

  @Override
  public long lookaheadBetween(PlaceRange a, PlaceRange b) {
    return model.lookaheadBetween(a, b);
  }

  @Override
  public int boards() {
    return model.boards();
  }

  @Override
  public int firstPlaceOfBoard(int index) {
    return model.firstPlaceOfBoard(index);
  }

  @Override
  public List<Object> constants() {
    return model.constants();
  }
}
