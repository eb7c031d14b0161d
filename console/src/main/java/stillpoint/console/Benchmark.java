package stillpoint.console;

import java.util.List;
import stillpoint.clusterconfig.Overrides;

/** Something that {@code stillpoint bench} can measure. */
public interface Benchmark {
  /** As typed on the command line. */
  String name();

  /** What it measures, one sentence. */
  String about();

  /**
   * The same on another machine: {@code overrides} change its scenario, a CPU count in them is the only size measured.
   *
   * @throws UserError if it runs no scenario
   */
  default Benchmark with(Overrides overrides) {
    throw new UserError("benchmark '" + name() + "' runs no scenario; leave --cpus and --set out");
  }

  /**
   * Measures.
   *
   * @param quick a small, short form that only shows that it works
   */
  Table measure(boolean quick);

  /** A benchmark that looks for something among seeds, for as long as it is told. */
  interface Search extends Benchmark {
    /** Begins at a seed and stops when the minutes are over; 0 for one round. */
    Table search(int minutes, long firstSeed);
  }

  /**
   * @param good false if what was measured is wrong, not slow
   * @param columns names, unit last, for instance {@code events_per_second}
   * @param rows one cell for each column: a {@link Number}, NaN where nothing can be said, or a text
   */
  record Table(List<String> columns, List<List<Object>> rows, boolean good) {
    public Table(List<String> columns, List<List<Object>> rows) {
      this(columns, rows, true);
    }

    public Table {
      columns = List.copyOf(columns);
      rows = rows.stream().map(List::copyOf).toList();
      for (List<Object> row : rows) {
        if (row.size() != columns.size()) {
          throw new IllegalArgumentException(row + " does not fit " + columns);
        }
      }
    }
  }
}
