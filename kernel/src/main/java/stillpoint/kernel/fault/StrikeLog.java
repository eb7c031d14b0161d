package stillpoint.kernel.fault;

import java.util.ArrayList;
import java.util.List;
import stillpoint.machine.time.StateHash;

/** What faults have done as far as one process decided about it. Mutable, owned by the process. */
public final class StrikeLog {
  private final List<Strike> strikes = new ArrayList<>(0);

  void add(int number, int process, int peer, String what, long cycle) {
    for (int i = 0; i < strikes.size(); i++) {
      if (strikes.get(i).isOf(number, process, peer, what)) {
        strikes.set(i, strikes.get(i).again(cycle));
        return;
      }
    }
    strikes.add(new Strike(number, process, peer, what, cycle, cycle, 1));
  }

  /** In the order of the first. */
  public List<Strike> strikes() {
    return List.copyOf(strikes);
  }

  /** Nothing is folded where nothing was struck. */
  public void foldState(StateHash hash) {
    for (Strike strike : strikes) {
      hash.fold(strike.number()).fold(strike.process()).fold(strike.peer()).fold(strike.what());
      hash.fold(strike.firstCycle()).fold(strike.lastCycle()).fold(strike.count());
    }
  }
}
