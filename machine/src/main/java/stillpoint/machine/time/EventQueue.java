package stillpoint.machine.time;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The pending events of one process, smallest first in the total order (arrival cycle, sender,
 * sender's sequence number). The first event is kept in fields, the others in a binary heap over
 * parallel arrays: most processes have none or one, and then there are no arrays to touch, nor any
 * memory for them.
 */
public final class EventQueue {
  private static final long[] NO_NUMBERS = {};
  private static final Message[] NO_MESSAGES = {};
  private static final int FIRST_CAPACITY = 2;

  private boolean empty = true;
  private long headCycle = LogicalProcess.NEVER;
  private long headOrder;
  private Message headMessage;

  private long[] cycles = NO_NUMBERS;
  private long[] orders = NO_NUMBERS;
  private Message[] messages = NO_MESSAGES;
  private int heapSize;

  public int size() {
    return empty ? 0 : heapSize + 1;
  }

  /** All events, in their order. */
  List<RunnerState.Pending> sorted() {
    List<RunnerState.Pending> events = new ArrayList<>(size());
    if (!empty) {
      events.add(new RunnerState.Pending(headCycle, headOrder, headMessage));
    }
    for (int slot = 0; slot < heapSize; slot++) {
      events.add(new RunnerState.Pending(cycles[slot], orders[slot], messages[slot]));
    }
    events.sort(
        Comparator.comparingLong(RunnerState.Pending::arrivalCycle)
            .thenComparingLong(RunnerState.Pending::order));
    return events;
  }

  /** Arrival cycle of the first event, or {@link LogicalProcess#NEVER}. */
  public long headCycle() {
    return headCycle;
  }

  /** {@link EventOrder} of the first event; the queue must not be empty. */
  public long headOrder() {
    requireHead();
    return headOrder;
  }

  public Message headMessage() {
    requireHead();
    return headMessage;
  }

  void add(RunnerState.Pending event) {
    add(event.arrivalCycle(), event.order(), event.message());
  }

  public void add(long cycle, long order, Message message) {
    if (empty) {
      empty = false;
      setHead(cycle, order, message);
    } else if (cycle < headCycle || (cycle == headCycle && order < headOrder)) {
      push(headCycle, headOrder, headMessage);
      setHead(cycle, order, message);
    } else {
      push(cycle, order, message);
    }
  }

  /** Drops the first event; the queue must not be empty. */
  public void removeHead() {
    requireHead();
    if (heapSize == 0) {
      empty = true;
      setHead(LogicalProcess.NEVER, 0, null);
    } else {
      setHead(cycles[0], orders[0], messages[0]);
      pop();
    }
  }

  private void setHead(long cycle, long order, Message message) {
    headCycle = cycle;
    headOrder = order;
    headMessage = message;
  }

  private void push(long cycle, long order, Message message) {
    if (heapSize == cycles.length) {
      grow();
    }
    int hole = heapSize++;
    while (hole > 0) {
      int parent = (hole - 1) >>> 1;
      if (!before(cycle, order, parent)) {
        break;
      }
      move(parent, hole);
      hole = parent;
    }
    place(hole, cycle, order, message);
  }

  private void pop() {
    int last = --heapSize;
    long cycle = cycles[last];
    long order = orders[last];
    Message message = messages[last];
    messages[last] = null;
    if (last == 0) {
      return;
    }
    int hole = 0;
    while (true) {
      int child = 2 * hole + 1;
      if (child >= last) {
        break;
      }
      if (child + 1 < last && before(cycles[child + 1], orders[child + 1], child)) {
        child++;
      }
      if (before(cycle, order, child)) {
        break;
      }
      move(child, hole);
      hole = child;
    }
    place(hole, cycle, order, message);
  }

  private boolean before(long cycle, long order, int slot) {
    return cycle < cycles[slot] || (cycle == cycles[slot] && order < orders[slot]);
  }

  private void move(int from, int to) {
    place(to, cycles[from], orders[from], messages[from]);
  }

  private void place(int slot, long cycle, long order, Message message) {
    cycles[slot] = cycle;
    orders[slot] = order;
    messages[slot] = message;
  }

  private void grow() {
    int capacity = Math.max(FIRST_CAPACITY, 2 * heapSize);
    cycles = Arrays.copyOf(cycles, capacity);
    orders = Arrays.copyOf(orders, capacity);
    messages = Arrays.copyOf(messages, capacity);
  }

  private void requireHead() {
    if (empty) {
      throw new BrokenInvariant("the event queue is empty, it has no first event");
    }
  }
}
