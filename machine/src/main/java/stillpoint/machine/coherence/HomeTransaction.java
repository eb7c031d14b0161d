package stillpoint.machine.coherence;

import java.util.ArrayDeque;
import stillpoint.machine.coherence.CoherenceProtocol.ToHome;
import stillpoint.machine.time.StateHash;

/** What a busy line serves, and the requests that wait behind it in order of arrival. */
final class HomeTransaction {
  /** A request that waits; {@code from} is a CPU or a device. */
  record Waiting(int from, ToHome request) {}

  int requester;
  ToHome request;
  int acksPending;
  final ArrayDeque<Waiting> queue = new ArrayDeque<>(2);

  void fold(StateHash hash) {
    hash.fold(requester).fold(acksPending).fold(request != null).fold(queue.size());
    if (request != null) {
      request.fold(hash);
    }
    for (Waiting waiting : queue) { // in order of arrival
      hash.fold(waiting.from());
      waiting.request().fold(hash);
    }
  }
}
