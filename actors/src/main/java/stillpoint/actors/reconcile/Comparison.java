package stillpoint.actors.reconcile;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Compares what two sides saw between two cuts. Pure.
 *
 * <p>Who looks for the first difference must not look process by process: a wrong event makes its
 * receiver differ too. So all events of a side are laid in their total order (arrival cycle, sender,
 * as sent) and both sides are walked along it; of an event that was sent and taken, the sending
 * comes first, for there the fault lies.
 */
final class Comparison {
  private static final Comparator<Witnessed> TOTAL_ORDER =
      Comparator.comparingLong(Witnessed::cycle)
          .thenComparing(event -> !event.sent())
          .thenComparingInt(event -> event.sent() ? event.sender() : event.process());

  private final Seen one;
  private final Seen other;

  Comparison(Seen one, Seen other) {
    this.one = one;
    this.other = other;
  }

  /** The first event since both last agreed that differs; empty if none does. */
  Optional<Difference> events() {
    List<Integer> differing = new ArrayList<>();
    for (int id = 0; id < one.size(); id++) {
      if (one.hash(id) != other.hash(id)) {
        differing.add(id);
      }
    }
    return differing.isEmpty() ? Optional.empty() : Optional.of(first(differing));
  }

  /** A process whose state differs though all its events were the same; empty if there is none. */
  Optional<Difference> states(long cycle) {
    for (int id = 0; id < one.size(); id++) {
      long here = one.stateHash(id);
      long there = other.stateHash(id);
      if (here != there) {
        return Optional.of(
            new Difference(
                cycle,
                one.nameOf(id),
                Optional.of("after equal events, a state of hash %016x".formatted(here)),
                Optional.of("after equal events, a state of hash %016x".formatted(there))));
      }
    }
    return Optional.empty();
  }

  void agreed() {
    one.agreed();
    other.agreed();
  }

  private Difference first(List<Integer> differing) {
    List<Witnessed> here = inOrder(one, differing);
    List<Witnessed> there = inOrder(other, differing);
    int at = 0;
    while (at < here.size() && at < there.size() && here.get(at).isAs(there.get(at))) {
      at++;
    }
    Optional<Witnessed> left = at < here.size() ? Optional.of(here.get(at)) : Optional.empty();
    Optional<Witnessed> right = at < there.size() ? Optional.of(there.get(at)) : Optional.empty();
    if (left.isPresent() && right.isPresent()) {
      int order = TOTAL_ORDER.compare(left.get(), right.get());
      // the later one has no partner here: the other side did something before it that it did not
      left = order > 0 ? Optional.empty() : left;
      right = order < 0 ? Optional.empty() : right;
    }
    Witnessed seen = left.isPresent() ? left.get() : right.orElseThrow();
    return new Difference(
        seen.cycle(), one.nameOf(seen.process()), left.map(this::words), right.map(this::words));
  }

  /** A stable sort: what one process did at one cycle stays in the order in which it did it. */
  private static List<Witnessed> inOrder(Seen side, List<Integer> ids) {
    List<Witnessed> events = new ArrayList<>();
    ids.forEach(id -> events.addAll(side.events(id)));
    events.sort(TOTAL_ORDER);
    return events;
  }

  private String words(Witnessed event) {
    return event.sent()
        ? "%s sends to %s, to arrive at cycle %d: %s"
            .formatted(
                one.nameOf(event.sender()),
                one.nameOf(event.target()),
                event.cycle(),
                event.message())
        : "%s takes, from %s, at cycle %d: %s"
            .formatted(
                one.nameOf(event.process()),
                one.nameOf(event.sender()),
                event.cycle(),
                event.message());
  }
}
