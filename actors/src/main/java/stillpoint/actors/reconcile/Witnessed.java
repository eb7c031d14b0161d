package stillpoint.actors.reconcile;

import stillpoint.machine.time.Message;

/**
 * One event as one side saw it: when a process sent it, or when a process took it.
 *
 * @param sent whether it was being sent, else taken
 * @param process who sent or took it
 * @param cycle it arrived or was to arrive at
 * @param sender id of the process that sent it
 * @param target id of the process that it is for
 * @param message its content
 * @param hash of the content
 */
record Witnessed(
    boolean sent, int process, long cycle, int sender, int target, Message message, long hash) {
  /** Whether both sides saw the same. Content counts by its hash: what it holds need not compare. */
  boolean isAs(Witnessed other) {
    return sent == other.sent
        && process == other.process
        && cycle == other.cycle
        && sender == other.sender
        && target == other.target
        && hash == other.hash;
  }
}
