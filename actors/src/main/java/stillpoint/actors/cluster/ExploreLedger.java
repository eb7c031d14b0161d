package stillpoint.actors.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which runs of an exploration are made, and who holds the others. A number is in one place only: not handed out yet, with a
 * node, given back, or done. It becomes done once, however many nodes have made it.
 */
final class ExploreLedger {
  private final long runs;
  private final Set<Long> before;
  private final Map<Long, String> held = new TreeMap<>();
  private final TreeSet<Long> back = new TreeSet<>();
  private long next;

  /**
   * @param runs numbers are 0 .. runs - 1
   * @param before done already
   */
  ExploreLedger(long runs, Set<Long> before) {
    this.runs = runs;
    this.before = new TreeSet<>(before);
  }

  /** A node has made it; false if it was done before. */
  boolean made(long number) {
    return held.remove(number) != null | back.remove(number);
  }

  /** What a node should hold. */
  List<Long> of(String node) {
    return held.entrySet().stream()
        .filter(one -> one.getValue().equals(node))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Hands out up to so many more; those that were given back come first. */
  List<Long> hand(String node, int most) {
    List<Long> numbers = new ArrayList<>();
    while (numbers.size() < most) {
      if (!back.isEmpty()) {
        numbers.add(back.pollFirst());
      } else if (next < runs) {
        if (!before.contains(next)) {
          numbers.add(next);
        }
        next++;
      } else {
        break;
      }
    }
    numbers.forEach(number -> held.put(number, node));
    return numbers;
  }

  /** The node makes no more, as far as is known: others may have what it holds. Gives how many those are. */
  int takeBack(String node) {
    List<Long> numbers = of(node);
    numbers.forEach(held::remove);
    back.addAll(numbers);
    return numbers.size();
  }

  /** Whether some node holds anything. */
  boolean isUnderWay() {
    return !held.isEmpty();
  }

  /** Whether all are done. */
  boolean isDone() {
    while (next < runs && before.contains(next)) {
      next++;
    }
    return held.isEmpty() && back.isEmpty() && next >= runs;
  }
}
