package stillpoint.machine.interconnect;

import stillpoint.machine.time.Message;
import stillpoint.machine.time.StateHash;

/**
 * A message on its way through routers. The event is the arrival of its first flit.
 *
 * @param from process that sent it
 * @param target process that is to get it
 * @param flits cycles that it keeps a link busy, at least 1
 */
public record Routed(int from, int target, int flits, Message message) implements Message {
  @Override
  public void fold(StateHash hash) {
    hash.fold(from).fold(target).fold(flits);
    message.fold(hash);
  }

  @Override
  public int payloadBytes() {
    return message.payloadBytes();
  }
}
