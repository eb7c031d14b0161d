package stillpoint.actors.reconcile;

import java.util.ArrayList;
import java.util.List;
import stillpoint.machine.time.LogicalProcess;
import stillpoint.machine.time.Message;
import stillpoint.machine.time.Outbox;
import stillpoint.machine.time.Report;
import stillpoint.machine.time.StateHash;

/**
 * A process that is watched: keeps what it took and sent since both sides last agreed, and a hash
 * over all of it. Changes nothing in what the process does.
 */
final class ProcessWitness implements LogicalProcess {
  private final int id;
  private final LogicalProcess process;
  private final StateHash hash = new StateHash();
  private final List<Witnessed> events = new ArrayList<>(0);

  /** Whether it has done anything since {@link #agreed}. */
  private boolean active = true;

  ProcessWitness(int id, LogicalProcess process) {
    this.id = id;
    this.process = process;
  }

  /** Over all events so far. */
  long hash() {
    return hash.value();
  }

  /** Those since {@link #agreed}, in the order in which the process took and sent them. */
  List<Witnessed> events() {
    return events;
  }

  /** The other side saw the same until now. */
  void agreed() {
    events.clear();
    active = false;
  }

  boolean active() {
    return active;
  }

  @Override
  public void handle(long cycle, int sender, Message message, Outbox outbox) {
    add(new Witnessed(false, id, cycle, sender, id, message, contentOf(message)));
    process.handle(cycle, sender, message, watched(outbox));
  }

  @Override
  public void run(long untilCycle, Outbox outbox) {
    active = true;
    process.run(untilCycle, watched(outbox));
  }

  private Outbox watched(Outbox outbox) {
    return (target, arrivalCycle, message) -> {
      add(new Witnessed(true, id, arrivalCycle, id, target, message, contentOf(message)));
      outbox.send(target, arrivalCycle, message);
    };
  }

  private void add(Witnessed event) {
    active = true;
    hash.fold(event.sent()).fold(event.cycle()).fold(event.sender()).fold(event.target());
    hash.fold(event.hash());
    events.add(event);
  }

  /** Hash over what a message says. */
  static long contentOf(Message message) {
    StateHash content = new StateHash().fold(message.getClass().getName());
    message.fold(content);
    return content.value();
  }

  /** Hash over the process's state as it is now. */
  long stateHash() {
    StateHash state = new StateHash();
    process.foldState(state);
    return state.value();
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
  public void foldState(StateHash state) {
    process.foldState(state);
  }
}
