package stillpoint.machine.litmus;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import stillpoint.machine.litmus.LitmusTest.Location;

/**
 * What a test says about its final states.
 *
 * @param kind how many of them are to satisfy the proposition
 */
public record Condition(Kind kind, Proposition proposition) {
  /** Names as herd and litmus print them. */
  public enum Kind {
    EXISTS("exists", "Allowed"),
    NOT_EXISTS("~exists", "Forbidden"),
    FORALL("forall", "Required");

    private final String keyword;
    private final String title;

    Kind(String keyword, String title) {
      this.keyword = keyword;
      this.title = title;
    }

    public String keyword() {
      return keyword;
    }

    /** What a test with such a condition asks. */
    public String title() {
      return title;
    }
  }

  /** Something that is true or false of a state. */
  public sealed interface Proposition {}

  /** {@code 0:$2=1}, {@code x=1}, {@code 0:$2=y}. */
  public record Equal(Location location, LitmusTest.Value value) implements Proposition {}

  /** {@code 0:$2=1:$3}. */
  public record Same(Location one, Location other) implements Proposition {}

  public record Not(Proposition of) implements Proposition {}

  /** True if there are none. */
  public record And(List<Proposition> all) implements Proposition {
    public And {
      all = List.copyOf(all);
    }
  }

  /** False if there are none. */
  public record Or(List<Proposition> all) implements Proposition {
    public Or {
      all = List.copyOf(all);
    }
  }

  /** Whether the condition holds, given how many final states satisfy the proposition and how many do not. */
  public boolean validatedBy(long positive, long negative) {
    return switch (kind) {
      case EXISTS -> positive > 0;
      case NOT_EXISTS -> positive == 0;
      case FORALL -> negative == 0;
    };
  }

  /** Calls for each location that the proposition speaks of, in its order. */
  static void forEachLocation(Proposition proposition, Consumer<Location> action) {
    switch (proposition) {
      case Equal(Location location, var _) -> action.accept(location);
      case Same(Location one, Location other) -> {
        action.accept(one);
        action.accept(other);
      }
      case Not(Proposition of) -> forEachLocation(of, action);
      case And(var all) -> all.forEach(one -> forEachLocation(one, action));
      case Or(var all) -> all.forEach(one -> forEachLocation(one, action));
    }
  }

  /**
   * @param valueOf content of a location
   * @param wanted a value as a location of that type would hold it
   */
  static boolean holds(
      Proposition proposition, Function<Location, Long> valueOf, Function<Equal, Long> wanted) {
    return switch (proposition) {
      case Equal equal -> valueOf.apply(equal.location()).equals(wanted.apply(equal));
      case Same(Location one, Location other) -> valueOf.apply(one).equals(valueOf.apply(other));
      case Not(Proposition of) -> !holds(of, valueOf, wanted);
      case And(var all) -> all.stream().allMatch(one -> holds(one, valueOf, wanted));
      case Or(var all) -> all.stream().anyMatch(one -> holds(one, valueOf, wanted));
    };
  }

  /** As herd prints it: {@code exists (0:$3=0 /\ 1:$3=0)}. */
  @Override
  public String toString() {
    return kind.keyword() + " (" + text(proposition) + ")";
  }

  private static String text(Proposition proposition) {
    return switch (proposition) {
      case Equal(Location location, LitmusTest.Number(long value)) -> location.text() + "=" + value;
      case Equal(Location location, LitmusTest.Address(var of)) ->
          location.text() + "=" + of.text();
      case Same(Location one, Location other) -> one.text() + "=" + other.text();
      case Not(Proposition of) -> "not (" + text(of) + ")";
      case And(var all) when all.isEmpty() -> "true";
      case Or(var all) when all.isEmpty() -> "false";
      case And(var all) -> joined(all, " /\\ ");
      case Or(var all) -> joined(all, " \\/ ");
    };
  }

  private static String joined(List<Proposition> all, String operator) {
    return all.stream().map(Condition::operand).collect(Collectors.joining(operator));
  }

  private static String operand(Proposition one) {
    boolean compound =
        one instanceof And(var all) && all.size() > 1
            || one instanceof Or(var some) && some.size() > 1;
    return compound ? "(" + text(one) + ")" : text(one);
  }
}
