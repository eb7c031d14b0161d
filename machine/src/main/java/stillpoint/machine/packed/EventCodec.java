package stillpoint.machine.packed;

import stillpoint.machine.time.Event;
import stillpoint.machine.time.EventOrder;
import stillpoint.machine.time.Message;

/**
 * Chains of events. Cycles are written relative to a base that both ends know, so that an event
 * takes about ten bytes besides its message.
 */
public final class EventCodec {
  private final Codec<Message> messages;

  public EventCodec(Codec<Message> messages) {
    this.messages = messages;
  }

  /** Writes a chain; the empty one is null. {@code baseCycle}: any cycle near the events'. */
  public void write(Event chain, long baseCycle, PackedOutput out) {
    int count = 0;
    for (Event event = chain; event != null; event = event.next()) {
      count++;
    }
    out.putUnsigned(count);
    for (Event event = chain; event != null; event = event.next()) {
      out.putUnsigned(event.target());
      out.putSigned(event.arrivalCycle() - baseCycle);
      out.putUnsigned(event.sender());
      out.putUnsigned(EventOrder.sequenceOf(event.order()));
      messages.write(event.message(), out);
    }
  }

  /**
   * Reads a chain for a machine of {@code processes} processes.
   *
   * @throws PackedFormatException if it is none
   */
  public Event read(PackedInput in, long baseCycle, int processes) {
    Event chain = null;
    for (int left = in.getCount(5); left > 0; left--) {
      int target = id(in, processes);
      long arrivalCycle = baseCycle + in.getSigned();
      int sender = id(in, processes);
      long sequence = in.getUnsigned();
      if (arrivalCycle < 0 || sequence < 0 || sequence >= EventOrder.SEQUENCES) {
        throw new PackedFormatException(
            "event " + sequence + " of process " + sender + " for cycle " + arrivalCycle);
      }
      Message message = messages.read(in);
      chain =
          new Event(target, arrivalCycle, EventOrder.of(sender, sequence), message)
              .inFrontOf(chain);
    }
    return chain;
  }

  private static int id(PackedInput in, int processes) {
    long id = in.getUnsigned();
    if (id < 0 || id >= processes) {
      throw new PackedFormatException("no process has the id " + Long.toUnsignedString(id));
    }
    return (int) id;
  }
}
