package stillpoint.machine.time;

/** Where a logical process puts what it sends. The engine gives each event the sender's next sequence number. */
public interface Outbox {
  /**
   * @param target id of the receiving process; never the sender itself
   * @param arrivalCycle virtual time of delivery; at least the sender's current time plus the lookahead
   */
  void send(int target, long arrivalCycle, Message message);
}
