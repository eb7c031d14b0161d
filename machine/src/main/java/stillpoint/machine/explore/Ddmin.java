package stillpoint.machine.explore;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * Delta debugging (Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input", 2002): the ddmin algorithm.
 * The result is 1-minimal: it still fails, and without any single one of its parts it no longer does.
 */
public final class Ddmin {
  private Ddmin() {}

  /**
   * @param parts with which it fails
   * @param fails whether it fails with these parts alone, in their order; equal lists give equal answers
   * @param enough asked before each test; once true, the smallest list so far is the answer, minimal or not
   */
  public static <T> List<T> minimise(
      List<T> parts, Predicate<List<T>> fails, BooleanSupplier enough) {
    List<T> current = List.copyOf(parts);
    if (current.isEmpty() || enough.getAsBoolean()) {
      return current;
    }
    if (fails.test(List.of())) {
      return List.of();
    }
    int pieces = Math.min(2, current.size());
    while (current.size() > 1) {
      List<T> smaller = reduced(current, pieces, fails, enough);
      if (enough.getAsBoolean()) {
        return smaller;
      }
      if (smaller.size() < current.size()) {
        boolean subset = smaller.size() <= Math.ceilDiv(current.size(), pieces);
        current = smaller;
        pieces = subset ? 2 : Math.max(2, pieces - 1);
        pieces = Math.min(pieces, current.size());
      } else if (pieces < current.size()) {
        pieces = Math.min(2 * pieces, current.size());
      } else {
        break;
      }
    }
    return current;
  }

  /** One piece alone that fails, or all but one piece that do, or all. */
  private static <T> List<T> reduced(
      List<T> current, int pieces, Predicate<List<T>> fails, BooleanSupplier enough) {
    for (int piece = 0; piece < pieces && pieces < current.size(); piece++) {
      List<T> alone =
          current.subList(start(current, pieces, piece), start(current, pieces, piece + 1));
      if (enough.getAsBoolean()) {
        return current;
      }
      if (fails.test(List.copyOf(alone))) {
        return List.copyOf(alone);
      }
    }
    for (int piece = 0; piece < pieces; piece++) {
      if (enough.getAsBoolean()) {
        return current;
      }
      List<T> rest = new ArrayList<>(current.subList(0, start(current, pieces, piece)));
      rest.addAll(current.subList(start(current, pieces, piece + 1), current.size()));
      if (!rest.isEmpty() && fails.test(List.copyOf(rest))) {
        return List.copyOf(rest);
      }
    }
    return current;
  }

  private static <T> int start(List<T> parts, int pieces, int piece) {
    return (int) ((long) parts.size() * piece / pieces);
  }
}
