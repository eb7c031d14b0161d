package stillpoint.machine.explore;

import stillpoint.machine.time.LogicalProcess;
import stillpoint.machine.time.Outbox;
import stillpoint.machine.time.ProcessAround;

/** A process whose messages are late as a schedule says. Its links stay FIFO. Who steps asks the same {@link Lateness}. */
public final class PerturbedProcess extends ProcessAround {
  private final Lateness lateness;

  public PerturbedProcess(LogicalProcess process, Lateness lateness) {
    super(process);
    this.lateness = lateness;
  }

  @Override
  protected Outbox around(Outbox outbox) {
    return (target, arrivalCycle, message) ->
        outbox.send(target, lateness.arrivalOf(target, arrivalCycle), message);
  }
}
