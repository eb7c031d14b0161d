package stillpoint.machine.time;

/**
 * A process around another one: it is that process to everybody, but stands between it and what it sends. Whoever adds
 * a method to {@link LogicalProcess} has one place to pass it on.
 */
public abstract class ProcessAround implements LogicalProcess {
  private final LogicalProcess process;

  protected ProcessAround(LogicalProcess process) {
    this.process = process;
  }

  /** Where the process puts what it sends, in front of {@code outbox}. */
  protected abstract Outbox around(Outbox outbox);

  /** An event has come; the process handles it next. */
  protected void comes(long cycle, int sender, Message message) {}

  /** The process does what it has to do of its own next. */
  protected void runs() {}

  @Override
  public final void handle(long cycle, int sender, Message message, Outbox outbox) {
    comes(cycle, sender, message);
    deliver(process, cycle, sender, message, around(outbox));
  }

  /** Lets the process handle an event, as it came or as the process is to see it. */
  protected void deliver(
      LogicalProcess to, long cycle, int sender, Message message, Outbox outbox) {
    to.handle(cycle, sender, message, outbox);
  }

  @Override
  public final void run(long untilCycle, Outbox outbox) {
    runs();
    process.run(untilCycle, around(outbox));
  }

  @Override
  public final long nextOwnCycle() {
    return process.nextOwnCycle();
  }

  @Override
  public final long lastOwnCycle() {
    return process.lastOwnCycle();
  }

  @Override
  public final long blockedSince() {
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
