package stillpoint.actors.reconcile;

import java.util.ArrayList;
import java.util.List;
import stillpoint.machine.time.LogicalProcess;
import stillpoint.machine.time.Message;
import stillpoint.machine.time.Outbox;
import stillpoint.machine.time.ProcessAround;
import stillpoint.machine.time.StateHash;

/**
 * A process that is watched: keeps what it took and sent since both sides last agreed, and a hash
 * over all of it. Changes nothing in what the process does.
 */
final class ProcessWitness extends ProcessAround {
  private final int id;
  private final StateHash hash = new StateHash();
  private final List<Witnessed> events = new ArrayList<>(0);

  /** Whether it has done anything since {@link #agreed}. */
  private boolean active = true;

  ProcessWitness(int id, LogicalProcess process) {
    super(process);
    this.id = id;
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
  protected void comes(long cycle, int sender, Message message) {
    add(new Witnessed(false, id, cycle, sender, id, message, contentOf(message)));
  }

  @Override
  protected void runs() {
    active = true;
  }

  @Override
  protected Outbox around(Outbox outbox) {
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
    foldState(state);
    return state.value();
  }
}
