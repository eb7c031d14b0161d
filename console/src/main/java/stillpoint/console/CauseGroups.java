package stillpoint.console;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Explored runs by the signature of their cause. The order in which they come does not matter. */
final class CauseGroups {
  /** Fewest decisions first, then least lateness, then the earlier run. */
  private static final Comparator<ExploredRun> BY_SIZE =
      Comparator.comparingLong(ExploredRun::decisions)
          .thenComparingLong(ExploredRun::lateCycles)
          .thenComparingLong(ExploredRun::run);

  /**
   * Runs of one cause.
   *
   * @param first of them by number
   * @param smallest of them by decisions
   */
  record Group(long count, ExploredRun first, ExploredRun smallest) {
    private Group with(ExploredRun run) {
      return new Group(
          count + 1,
          run.run() < first.run() ? run : first,
          BY_SIZE.compare(run, smallest) < 0 ? run : smallest);
    }
  }

  private final Map<String, Group> groups = new TreeMap<>();
  private final Map<String, Long> verdicts = new TreeMap<>();
  private long count;

  void add(ExploredRun run) {
    groups.merge(run.signature(), new Group(1, run, run), (group, _) -> group.with(run));
    verdicts.merge(run.verdict(), 1L, Long::sum);
    count++;
  }

  long count() {
    return count;
  }

  /** Runs by verdict. */
  Map<String, Long> verdicts() {
    return verdicts;
  }

  /** Most frequent first, then by signature. */
  List<Group> all() {
    Collection<Group> all = groups.values();
    return all.stream()
        .sorted(
            Comparator.comparingLong((Group group) -> -group.count())
                .thenComparing(group -> group.first().signature()))
        .toList();
  }
}
