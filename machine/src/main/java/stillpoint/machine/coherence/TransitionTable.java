package stillpoint.machine.coherence;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import stillpoint.machine.time.BrokenInvariant;

/**
 * A protocol as in the textbook: states x events, each cell with the next state and what to do. A
 * cell that is not there cannot happen; meeting it is a {@link BrokenInvariant}. Immutable but for
 * the counts of {@link #counted()}.
 */
public final class TransitionTable<S extends Enum<S>, E extends Enum<E>, A extends Enum<A>> {
  /**
   * What a state does on an event: go to {@code next} (maybe itself), and do the actions in order.
   */
  public record Cell<S, A>(S next, List<A> actions) {}

  /**
   * As written: one row may stand for many cells. {@code next} null: each state stays what it is.
   */
  private record Row<S, E, A>(Set<S> in, Set<E> on, S next, List<A> actions) {}

  private final S[] states;
  private final E[] events;
  private final List<Row<S, E, A>> rows;
  private final Cell<S, A>[] cells;
  private final long[] uses;

  private TransitionTable(
      S[] states, E[] events, List<Row<S, E, A>> rows, Cell<S, A>[] cells, long[] uses) {
    this.states = states;
    this.events = events;
    this.rows = rows;
    this.cells = cells;
    this.uses = uses;
  }

  public static <S extends Enum<S>, E extends Enum<E>, A extends Enum<A>> Builder<S, E, A> of(
      Class<S> states, Class<E> events, Class<A> actions) {
    return new Builder<>(states, events, actions);
  }

  /** Several states, or several events, that a row treats alike. */
  @SafeVarargs
  @SuppressWarnings("varargs")
  public static <T extends Enum<T>> Set<T> anyOf(T first, T... others) {
    return EnumSet.of(first, others);
  }

  /** In the place of the next state: the state stays what it is. */
  public static <S> S same() {
    return null;
  }

  /** The cell, or null if this cannot happen; see {@link #missing}. */
  public Cell<S, A> at(S state, E event) {
    int index = indexOf(state, event);
    if (uses != null) {
      uses[index]++;
    }
    return cells[index];
  }

  /** What to throw where {@link #at} gave null. */
  public BrokenInvariant missing(S state, E event, String process, long line, long cycle) {
    return new BrokenInvariant(
        process + ": " + event + " cannot happen in " + state + " (line 0x" + Long.toHexString(line)
            + ", cycle " + cycle + ")");
  }

  /**
   * The same table, which counts how often each cell was used. For one thread; the counts are
   * nobody's state.
   */
  public TransitionTable<S, E, A> counted() {
    return new TransitionTable<>(states, events, rows, cells, new long[cells.length]);
  }

  /** Uses of a cell since {@link #counted()}, or 0 if this table does not count. */
  public long usesOf(S state, E event) {
    return uses == null ? 0 : uses[indexOf(state, event)];
  }

  /** Cells that were never used since {@link #counted()}, as {@code state on event}. */
  public List<String> unusedCells() {
    List<String> unused = new ArrayList<>();
    for (S state : states) {
      for (E event : events) {
        if (cells[indexOf(state, event)] != null && usesOf(state, event) == 0) {
          unused.add(state + " on " + event);
        }
      }
    }
    return unused;
  }

  /** A copy with another cell in one place: how specs break a protocol on purpose. */
  @SafeVarargs
  @SuppressWarnings("varargs")
  final TransitionTable<S, E, A> replacing(S state, E event, S next, A... actions) {
    Cell<S, A>[] changed = cells.clone();
    changed[indexOf(state, event)] = new Cell<>(next == null ? state : next, List.of(actions));
    return new TransitionTable<>(states, events, rows, changed, null);
  }

  /** A copy that lacks a cell: how specs break a protocol on purpose. */
  final TransitionTable<S, E, A> without(S state, E event) {
    Cell<S, A>[] changed = cells.clone();
    changed[indexOf(state, event)] = null;
    return new TransitionTable<>(states, events, rows, changed, null);
  }

  /** Where a cell is. */
  public record Place<S, E>(S state, E event) {}

  /** All cells there are, state by state. */
  public List<Place<S, E>> places() {
    List<Place<S, E>> places = new ArrayList<>();
    for (S state : states) {
      for (E event : events) {
        if (cells[indexOf(state, event)] != null) {
          places.add(new Place<>(state, event));
        }
      }
    }
    return places;
  }

  /**
   * Every row as it is written, then the next state of each cell at a glance, with how often it was
   * used if this table counts.
   */
  public String toMarkdown() {
    StringBuilder text = new StringBuilder("| in | on | go to | doing |\n|---|---|---|---|\n");
    for (Row<S, E, A> row : rows) {
      text.append("| ").append(names(row.in())).append(" | ").append(names(row.on()));
      text.append(" | ").append(row.next() == null ? "(same)" : "`" + row.next() + "`");
      text.append(" | ").append(names(row.actions())).append(" |\n");
    }
    text.append("\nNext states");
    text.append(uses == null ? "" : ", and how often the random programs came that way");
    text.append("; an empty cell cannot happen:\n\n| |");
    for (S state : states) {
      text.append(" `").append(state).append("` |");
    }
    text.append("\n|---|").append("---|".repeat(states.length)).append('\n');
    for (E event : events) {
      text.append("| `").append(event).append("` |");
      for (S state : states) {
        Cell<S, A> cell = cells[indexOf(state, event)];
        String count = uses == null ? "" : " " + usesOf(state, event);
        text.append(cell == null ? " |" : " " + cell.next() + count + " |");
      }
      text.append('\n');
    }
    return text.toString();
  }

  private static String names(Iterable<?> constants) {
    List<String> names = new ArrayList<>();
    constants.forEach(constant -> names.add("`" + constant + "`"));
    return names.stream().collect(Collectors.joining(", "));
  }

  private int indexOf(S state, E event) {
    return state.ordinal() * events.length + event.ordinal();
  }

  /** Takes rows; a cell may be given once. */
  public static final class Builder<S extends Enum<S>, E extends Enum<E>, A extends Enum<A>> {
    private final S[] states;
    private final E[] events;
    private final List<Row<S, E, A>> rows = new ArrayList<>();
    private final Cell<S, A>[] cells;

    private Builder(Class<S> states, Class<E> events, Class<A> actions) {
      this.states = states.getEnumConstants();
      this.events = events.getEnumConstants();
      @SuppressWarnings({"unchecked", "rawtypes"})
      Cell<S, A>[] empty = new Cell[this.states.length * this.events.length];
      this.cells = empty;
    }

    @SafeVarargs
    @SuppressWarnings("varargs")
    public final Builder<S, E, A> on(S in, E on, S next, A... actions) {
      return row(EnumSet.of(in), EnumSet.of(on), next, List.of(actions));
    }

    @SafeVarargs
    @SuppressWarnings("varargs")
    public final Builder<S, E, A> on(Set<S> in, E on, S next, A... actions) {
      return row(in, EnumSet.of(on), next, List.of(actions));
    }

    @SafeVarargs
    @SuppressWarnings("varargs")
    public final Builder<S, E, A> on(S in, Set<E> on, S next, A... actions) {
      return row(EnumSet.of(in), on, next, List.of(actions));
    }

    @SafeVarargs
    @SuppressWarnings("varargs")
    public final Builder<S, E, A> on(Set<S> in, Set<E> on, S next, A... actions) {
      return row(in, on, next, List.of(actions));
    }

    private Builder<S, E, A> row(Set<S> in, Set<E> on, S next, List<A> actions) {
      rows.add(new Row<>(in, on, next, actions));
      for (S state : in) {
        for (E event : on) {
          int index = state.ordinal() * events.length + event.ordinal();
          if (cells[index] != null) {
            throw new IllegalStateException("two rows for " + state + " on " + event);
          }
          cells[index] = new Cell<>(next == null ? state : next, actions);
        }
      }
      return this;
    }

    public TransitionTable<S, E, A> build() {
      return new TransitionTable<>(states, events, List.copyOf(rows), cells.clone(), null);
    }
  }
}
