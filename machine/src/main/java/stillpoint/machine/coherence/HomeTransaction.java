package stillpoint.machine.coherence;

import java.util.ArrayDeque;
import stillpoint.machine.coherence.CoherenceProtocol.ToHome;
import stillpoint.machine.time.StateHash;

/** What a busy line serves, and the requests that wait behind it in order of arrival. */
final class HomeTransaction {
  /** A request that waits. */
  record Waiting(int cpu, ToHome request) {}

  int requester;
  int acksPending;
  final ArrayDeque<Waiting> queue = new ArrayDeque<>(2);

  void fold(StateHash hash) {
    hash.fold(requester).fold(acksPending).fold(queue.size());
    for (Waiting waiting : queue) { // in order of arrival
      hash.fold(waiting.cpu());
      waiting.request().fold(hash);
    }
  }
}
