package stillpoint.machine.board;

/**
 * How far places of a machine are from each other. A place is a CPU's number; slices and devices stand next to some CPU.
 *
 * <p>A message pays its port ({@code cpu-to-home} and so on, see {@link Board}) and, on top, what its way takes: {@link
 * #wayCycles}, which depends on the two places alone. So a latency is never 0, the same both ways and constant, and links
 * are FIFO.
 */
public sealed interface Interconnect {
  /** Everybody is equally far from everybody. */
  Interconnect CROSSBAR = new Crossbar();

  /** No latency is longer than this. */
  int MOST_CYCLES = 1_000_000_000;

  /** Cycles that the way between two places adds to a message's port; 0 at one place. */
  int wayCycles(int placeA, int placeB);

  /**
   * The shortest way between {@code place} and any of the places {@code from <= p < until}. Costs the same for any number
   * of them.
   */
  int nearestCycles(int place, int from, int until);

  /**
   * The shortest way between any of the places {@code fromA <= p < untilA} and any of {@code fromB <= p < untilB}; neither
   * run is empty. What is nearest to a run behind or before one's own is an end of it, or in its last or first row.
   */
  default int nearestCycles(int fromA, int untilA, int fromB, int untilB) {
    if (fromA < untilB && fromB < untilA) {
      return 0;
    }
    if (fromB < fromA) {
      return nearestCycles(fromB, untilB, fromA, untilA);
    }
    int nearest = nearestCycles(fromA, fromB, untilB);
    for (int place = Math.max(fromA, untilA - rowPlaces()); place < untilA; place++) {
      nearest = Math.min(nearest, nearestCycles(place, fromB, untilB));
    }
    return nearest;
  }

  /** Neighbouring places that are in one row, 1 if there are no rows. */
  default int rowPlaces() {
    return 1;
  }

  /** The longest way. */
  int mostWayCycles();

  /** Number of boards, 1 .. 4,096; each has slices of its own, of every kind equally many. */
  default int boards() {
    return 1;
  }

  /** CPUs of each board, but the last one may have fewer. */
  default int cpusPerBoard(int cpuCount) {
    return cpuCount;
  }

  /** Refuses a machine of so many CPUs that it does not fit. */
  default void requireFits(int cpuCount) {}

  /** Messages go from place to neighbouring place, over links that all of them share. */
  sealed interface Hops extends Interconnect {
    /** From one place to a neighbour, at least 1. */
    int hopCycles();

    /**
     * The neighbour of {@code place} through which messages go to {@code target}, another place. All messages from one
     * place to another take one way, of as few hops as can be.
     */
    int nextPlace(int place, int target);
  }

  /** Every place has a link of its own to every other. */
  record Crossbar() implements Interconnect {
    @Override
    public int wayCycles(int placeA, int placeB) {
      return 0;
    }

    @Override
    public int nearestCycles(int place, int from, int until) {
      return 0;
    }

    @Override
    public int mostWayCycles() {
      return 0;
    }
  }

  /**
   * Places in a circle, each linked with its two neighbours; messages go the shorter way round.
   *
   * @param stations number of places
   * @param hopCycles from one station to the next, at least 1
   */
  record Ring(int stations, int hopCycles) implements Hops {
    public Ring {
      requireWay(stations >= 1, (long) (stations / 2) * hopCycles, hopCycles);
    }

    @Override
    public int wayCycles(int placeA, int placeB) {
      int distance = Math.abs(placeA - placeB);
      return Math.min(distance, stations - distance) * hopCycles;
    }

    /** The way up if both are as short. */
    @Override
    public int nextPlace(int place, int target) {
      int up = Math.floorMod(target - place, stations);
      return Math.floorMod(place + (up <= stations - up ? 1 : -1), stations);
    }

    @Override
    public int nearestCycles(int place, int from, int until) {
      return from <= place && place < until
          ? 0
          : Math.min(wayCycles(place, from), wayCycles(place, until - 1));
    }

    @Override
    public int mostWayCycles() {
      return stations / 2 * hopCycles;
    }

    @Override
    public void requireFits(int cpuCount) {
      require(stations == cpuCount, "a ring of " + stations + " stations", cpuCount);
    }
  }

  /**
   * Places in rows, each linked with its neighbours in row and column; messages go along the row first, then along the
   * column, so all of one link take one way.
   *
   * @param width places of a row; place p is in column p % width of row p / width
   * @param height number of rows
   * @param hopCycles from one place to a neighbour, at least 1
   */
  record Mesh(int width, int height, int hopCycles) implements Hops {
    public Mesh {
      requireWay(width >= 1 && height >= 1, ((long) width - 1 + height - 1) * hopCycles, hopCycles);
    }

    @Override
    public int wayCycles(int placeA, int placeB) {
      int columns = Math.abs(placeA % width - placeB % width);
      int rows = Math.abs(placeA / width - placeB / width);
      return (columns + rows) * hopCycles;
    }

    @Override
    public int nextPlace(int place, int target) {
      int columns = target % width - place % width;
      return columns != 0
          ? place + Integer.signum(columns)
          : place + width * Integer.signum(target / width - place / width);
    }

    @Override
    public int rowPlaces() {
      return width;
    }

    /** Places in a row are part of a row, then whole rows, then part of a row. */
    @Override
    public int nearestCycles(int place, int from, int until) {
      int firstRow = from / width;
      int lastRow = (until - 1) / width;
      int firstColumn = from % width;
      int lastColumn = (until - 1) % width;
      if (firstRow == lastRow) {
        return hops(place, firstRow, firstRow, firstColumn, lastColumn) * hopCycles;
      }
      int hops =
          Math.min(
              hops(place, firstRow, firstRow, firstColumn, width - 1),
              hops(place, lastRow, lastRow, 0, lastColumn));
      if (lastRow - firstRow > 1) {
        hops = Math.min(hops, hops(place, firstRow + 1, lastRow - 1, 0, width - 1));
      }
      return hops * hopCycles;
    }

    /** Hops between a place and the nearest of a rectangle. */
    private int hops(int place, int firstRow, int lastRow, int firstColumn, int lastColumn) {
      return outside(place / width, firstRow, lastRow)
          + outside(place % width, firstColumn, lastColumn);
    }

    private static int outside(int at, int first, int last) {
      return Math.max(0, Math.max(first - at, at - last));
    }

    @Override
    public int mostWayCycles() {
      return (width - 1 + height - 1) * hopCycles;
    }

    @Override
    public void requireFits(int cpuCount) {
      require((long) width * height == cpuCount, "a mesh of " + width + " x " + height, cpuCount);
    }
  }

  /**
   * Boards of CPUs with slices of their own; on a board everybody is equally near, and every board is equally far from
   * every other.
   *
   * @param boards 1 .. 4,096
   * @param cpusPerBoard neighbouring numbers share a board; the last board may have fewer, but at least one
   * @param crossBoardCycles what a message between two boards takes on top of its port, at least 1
   */
  record Numa(int boards, int cpusPerBoard, int crossBoardCycles) implements Interconnect {
    public static final int MOST_BOARDS = 4096;

    public Numa {
      requireWay(
          boards >= 1 && boards <= MOST_BOARDS && cpusPerBoard >= 1,
          crossBoardCycles,
          crossBoardCycles);
    }

    @Override
    public int wayCycles(int placeA, int placeB) {
      return placeA / cpusPerBoard == placeB / cpusPerBoard ? 0 : crossBoardCycles;
    }

    @Override
    public int nearestCycles(int place, int from, int until) {
      int board = place / cpusPerBoard;
      return from / cpusPerBoard <= board && board <= (until - 1) / cpusPerBoard
          ? 0
          : crossBoardCycles;
    }

    @Override
    public int mostWayCycles() {
      return boards == 1 ? 0 : crossBoardCycles;
    }

    @Override
    public int cpusPerBoard(int cpuCount) {
      return cpusPerBoard;
    }

    @Override
    public void requireFits(int cpuCount) {
      long most = (long) boards * cpusPerBoard;
      require(
          cpuCount <= most && cpuCount > most - cpusPerBoard,
          boards + " boards of " + cpusPerBoard,
          cpuCount);
    }
  }

  private static void requireWay(boolean holds, long longestWay, int hopCycles) {
    if (!holds || hopCycles < 1 || longestWay > MOST_CYCLES) {
      throw new IllegalArgumentException(
          "an interconnect whose longest way takes " + longestWay + " cycles cannot be built");
    }
  }

  private static void require(boolean holds, String what, int cpuCount) {
    if (!holds) {
      throw new IllegalArgumentException(what + " does not fit " + cpuCount + " CPUs");
    }
  }
}
