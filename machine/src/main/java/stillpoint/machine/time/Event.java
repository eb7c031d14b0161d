package stillpoint.machine.time;

/**
 * A message on its way, with its place in the total order. Immutable, but for the link by which it
 * hangs in one chain at a time; who is handed the head of a chain owns all of it. The order within
 * a chain means nothing: receivers sort.
 */
public final class Event {
  private final long arrivalCycle;
  private final long order;
  private final int target;
  private final Message message;
  private Event next;

  public Event(int target, long arrivalCycle, long order, Message message) {
    this.target = target;
    this.arrivalCycle = arrivalCycle;
    this.order = order;
    this.message = message;
  }

  /** Id of the receiving process. */
  public int target() {
    return target;
  }

  public long arrivalCycle() {
    return arrivalCycle;
  }

  /** Sender and the sender's sequence number, see {@link EventOrder}. */
  public long order() {
    return order;
  }

  public int sender() {
    return EventOrder.senderOf(order);
  }

  public Message message() {
    return message;
  }

  /** The rest of the chain, or null. */
  public Event next() {
    return next;
  }

  /** Puts this event in front of {@code chain} (null is the empty chain) and is then its head. */
  public Event inFrontOf(Event chain) {
    next = chain;
    return this;
  }

  @Override
  public String toString() {
    return "event %d of process %d, at cycle %d to process %d: %s"
        .formatted(EventOrder.sequenceOf(order), sender(), arrivalCycle, target, message);
  }
}
