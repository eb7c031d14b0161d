package stillpoint.machine.interconnect;

import java.util.Map;
import java.util.TreeMap;

/**
 * Which cycles of a link are taken: it carries one flit a cycle. A message gets the first run of free cycles that is long
 * enough, from when it is ready, so one that is ready later keeps nobody waiting.
 */
final class FlitSchedule {
  /** Taken cycles, runs by their first cycle: the cycle behind the last. No run touches another. */
  private final TreeMap<Long, Long> taken = new TreeMap<>();

  /** Takes {@code flits} cycles in a row, none before {@code readyCycle}; the first of them. */
  long take(long readyCycle, int flits) {
    long start = readyCycle;
    Map.Entry<Long, Long> before = taken.floorEntry(start);
    if (before != null) {
      start = Math.max(start, before.getValue());
    }
    Map.Entry<Long, Long> next = taken.ceilingEntry(start);
    while (next != null && next.getKey() < start + flits) {
      start = next.getValue();
      next = taken.ceilingEntry(start);
    }
    mark(start, start + flits);
    return start;
  }

  private void mark(long from, long until) {
    Map.Entry<Long, Long> before = taken.lowerEntry(from);
    long start = before != null && before.getValue() == from ? before.getKey() : from;
    Long joined = taken.remove(until);
    taken.put(start, joined == null ? until : joined);
  }

  /** Nothing will be ready before {@code cycle} any more. */
  void forgetBefore(long cycle) {
    while (!taken.isEmpty() && taken.firstEntry().getValue() <= cycle) {
      taken.pollFirstEntry();
    }
  }
}
