package stillpoint.machine.time;

import java.util.Arrays;

/**
 * The pending events of one process, smallest first in the total order (arrival cycle, sender, sender's sequence
 * number). A binary heap over parallel arrays: an empty queue that never held anything shares its arrays with all the
 * others, since most processes of a large machine are idle.
 */
public final class EventQueue {
  private static final long[] NO_NUMBERS = {};
  private static final Message[] NO_MESSAGES = {};
  private static final int FIRST_CAPACITY = 2;

  private long[] cycles = NO_NUMBERS;
  private long[] orders = NO_NUMBERS;
  private Message[] messages = NO_MESSAGES;
  private int size;

  public int size() {
    return size;
  }

  /** Arrival cycle of the first event, or {@link LogicalProcess#NEVER}. */
  public long headCycle() {
    return size == 0 ? LogicalProcess.NEVER : cycles[0];
  }

  /** {@link EventOrder} of the first event; the queue must not be empty. */
  public long headOrder() {
    requireHead();
    return orders[0];
  }

  public Message headMessage() {
    requireHead();
    return messages[0];
  }

  public void add(long cycle, long order, Message message) {
    if (size == cycles.length) {
      grow();
    }
    int hole = size++;
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

  /** Drops the first event; the queue must not be empty. */
  public void removeHead() {
    requireHead();
    int last = --size;
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
    int capacity = Math.max(FIRST_CAPACITY, 2 * size);
    cycles = Arrays.copyOf(cycles, capacity);
    orders = Arrays.copyOf(orders, capacity);
    messages = Arrays.copyOf(messages, capacity);
  }

  private void requireHead() {
    if (size == 0) {
      throw new BrokenInvariant("the event queue is empty, it has no first event");
    }
  }
}
