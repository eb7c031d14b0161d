package stillpoint.machine.explore;

import stillpoint.machine.time.LogicalProcess;
import stillpoint.machine.time.Model;

/** A model that runs under a schedule. */
public interface Explorable extends Model {
  Schedule schedule();

  /**
   * Builds process {@code id} in its initial state; who does steps of his own asks {@code lateness} after each. Whoever
   * calls this makes its messages late.
   */
  LogicalProcess create(int id, Lateness lateness);

  @Override
  default LogicalProcess create(int id) {
    Lateness lateness = new Lateness(schedule(), id);
    LogicalProcess process = create(id, lateness);
    return schedule().quiet() ? process : new PerturbedProcess(process, lateness);
  }
}
