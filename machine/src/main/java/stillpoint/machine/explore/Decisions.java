package stillpoint.machine.explore;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * Makes a list of decisions smaller as long as a run with it shows the same: {@link Ddmin} first; then one long delay in place
 * of several short ones, where that does; then each as short as it can be.
 */
public final class Decisions {
  /** With more decisions than this, trying each as the only long one takes too many runs. */
  private static final int MOST_CONCENTRATED = 64;

  /** A delay within this part of the shortest that shows it is short enough. */
  private static final long CLOSE = 8;

  private final long mostCycles;
  private final Predicate<List<Delay>> shows;
  private final BooleanSupplier enough;

  private Decisions(long mostCycles, Predicate<List<Delay>> shows, BooleanSupplier enough) {
    this.mostCycles = mostCycles;
    this.shows = shows;
    this.enough = enough;
  }

  /**
   * @param all decisions that show it
   * @param mostCycles the longest delay that may be tried
   * @param shows whether a run with these decisions alone shows the same
   * @param enough once true, the smallest so far is the answer
   * @return a list that shows it; without any one of its elements it does not, unless {@code enough} ended it
   */
  public static List<Delay> minimise(
      List<Delay> all, long mostCycles, Predicate<List<Delay>> shows, BooleanSupplier enough) {
    Decisions search = new Decisions(mostCycles, shows, enough);
    List<Delay> few = Ddmin.minimise(all, shows, enough);
    List<Delay> long1 = search.concentrated(few);
    List<Delay> shorter = search.shortened(long1);
    // a shorter delay may make another one superfluous
    return shorter.equals(all) ? shorter : Ddmin.minimise(shorter, shows, enough);
  }

  private List<Delay> concentrated(List<Delay> delays) {
    List<Delay> current = delays;
    for (int i = 0; i < current.size() && current.size() <= MOST_CONCENTRATED; i++) {
      if (current.size() < 2 || enough.getAsBoolean()) {
        return current;
      }
      List<Delay> fewer = around(current, i);
      if (fewer.size() < current.size()) {
        current = fewer;
        i = -1;
      }
    }
    return current;
  }

  /** Decision {@code index} as long as can be, with as few of the others as that takes; or all as they were. */
  private List<Delay> around(List<Delay> delays, int index) {
    Delay longest = delays.get(index).withCycles(mostCycles);
    List<Delay> others = new ArrayList<>(delays);
    others.remove(index);
    if (!shows.test(with(longest, others))) {
      return delays;
    }
    List<Delay> needed = Ddmin.minimise(others, some -> shows.test(with(longest, some)), enough);
    return needed.size() < others.size() ? with(longest, needed) : delays;
  }

  private static List<Delay> with(Delay one, List<Delay> others) {
    List<Delay> all = new ArrayList<>(List.of(one));
    all.addAll(others);
    return List.copyOf(all);
  }

  /** Each delay as short as it can be, the others as they are. */
  private List<Delay> shortened(List<Delay> delays) {
    List<Delay> current = delays;
    for (int i = 0; i < delays.size() && delays.size() <= MOST_CONCENTRATED; i++) {
      long showing = current.get(i).cycles();
      long hiding = 0;
      while (showing - hiding > Math.max(1, showing / CLOSE) && !enough.getAsBoolean()) {
        long middle = hiding + (showing - hiding) / 2;
        List<Delay> other = new ArrayList<>(current);
        other.set(i, current.get(i).withCycles(middle));
        if (shows.test(List.copyOf(other))) {
          showing = middle;
          current = List.copyOf(other);
        } else {
          hiding = middle;
        }
      }
    }
    return current;
  }
}
