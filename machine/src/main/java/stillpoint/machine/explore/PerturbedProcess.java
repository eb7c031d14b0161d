package stillpoint.machine.explore;

import stillpoint.machine.time.LogicalProcess;
import stillpoint.machine.time.Message;
import stillpoint.machine.time.Outbox;
import stillpoint.machine.time.Report;
import stillpoint.machine.time.StateHash;

/** A process whose messages are late as a schedule says. Its links stay FIFO. Who steps asks the same {@link Lateness}. */
public final class PerturbedProcess implements LogicalProcess {
  private final LogicalProcess process;
  private final Lateness lateness;

  public PerturbedProcess(LogicalProcess process, Lateness lateness) {
    this.process = process;
    this.lateness = lateness;
  }

  private Outbox delaying(Outbox outbox) {
    return (target, arrivalCycle, message) ->
        outbox.send(target, lateness.arrivalOf(target, arrivalCycle), message);
  }

  @Override
  public void handle(long cycle, int sender, Message message, Outbox outbox) {
    process.handle(cycle, sender, message, delaying(outbox));
  }

  @Override
  public void run(long untilCycle, Outbox outbox) {
    process.run(untilCycle, delaying(outbox));
  }

  @Override
  public long nextOwnCycle() {
    return process.nextOwnCycle();
  }

  @Override
  public long lastOwnCycle() {
    return process.lastOwnCycle();
  }

  @Override
  public long blockedSince() {
    return process.blockedSince();
  }

  @Override
  public Report inspect(long cycle) {
    return process.inspect(cycle);
  }

  @Override
  public void foldState(StateHash hash) {
    process.foldState(hash);
  }
}
