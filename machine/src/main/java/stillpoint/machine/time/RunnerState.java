package stillpoint.machine.time;

import java.util.List;

/**
 * Where a {@link ProcessRunner} stands at a cut, without the process itself. The same on any number
 * of threads and nodes.
 *
 * @param id of the process
 * @param cutCycle everything before it is done, nothing at or after it
 * @param lastActiveCycle of the last event or own activity; -1 before the first
 * @param handledCount events handled
 * @param sequence events sent
 * @param hash over events handled and outputs
 * @param pending events that have not been handled, in their order
 */
public record RunnerState(
    int id,
    long cutCycle,
    long lastActiveCycle,
    long handledCount,
    long sequence,
    long hash,
    List<Pending> pending) {
  /** An event that has been sent to the process; {@code order}: {@link EventOrder}. */
  public record Pending(long arrivalCycle, long order, Message message) {}

  public RunnerState {
    pending = List.copyOf(pending);
  }
}
