package stillpoint.machine.explore;

import java.util.ArrayList;
import java.util.List;
import stillpoint.machine.time.LogicalProcess;
import stillpoint.machine.time.Model;
import stillpoint.machine.time.PlaceRange;

/**
 * An explorable model that remembers what its schedule did to each process. Only for engines of one thread; the run is the
 * same as without it.
 */
public final class ObservedModel implements Model {
  private final Explorable model;
  private final Lateness[] latenesses;

  public ObservedModel(Explorable model) {
    this.model = model;
    this.latenesses = new Lateness[model.size()];
  }

  @Override
  public LogicalProcess create(int id) {
    latenesses[id] = new Lateness(model.schedule(), id);
    return new PerturbedProcess(model.create(id, latenesses[id]), latenesses[id]);
  }

  /** What was late in the run, as a list that gives the same run. */
  public List<Delay> struck() {
    return Lateness.struck(List.of(latenesses));
  }

  /** How much each process did. */
  public Profile profile(long endCycle) {
    List<Profile.Work> works = new ArrayList<>();
    for (Lateness one : latenesses) {
      works.add(one.work());
    }
    return new Profile(works, model.schedule().fromCycle(), endCycle, model.lookaheadCycles());
  }

  /** Of all processes, once they were created. */
  public List<Lateness> latenesses() {
    return List.of(latenesses);
  }

  /** Of process {@code id}, once it was created. */
  public Lateness latenessOf(int id) {
    return latenesses[id];
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
