package stillpoint.machine.time;

import java.util.Arrays;

/** Cuts runs of places into pieces of given weights, by the number of processes that stand there. */
final class PlaceCuts {
  private final Model model;

  /** By place: processes at the places before it; one more for the end. */
  private final long[] before;

  PlaceCuts(Model model) {
    this.model = model;
    this.before = new long[model.places() + 1];
    for (int id = 0; id < model.size(); id++) {
      before[model.placeOf(id) + 1]++;
    }
    for (int place = 0; place < model.places(); place++) {
      before[place + 1] += before[place];
    }
  }

  /**
   * Pieces in the order of {@code weights}; some are empty if there are fewer places.
   *
   * @param limits most places of each piece; together enough for the range
   */
  PlaceRange[] cut(PlaceRange range, int[] weights, int[] limits) {
    int[] starts = boardStarts(range);
    boolean wholeBoards = starts.length > 1 && starts.length >= weights.length;
    long allWeights = Arrays.stream(weights).asLongStream().sum();
    long processes = before[range.until()] - before[range.from()];
    long room = Arrays.stream(limits).asLongStream().sum();
    if (room < range.until() - range.from()) {
      throw new BrokenInvariant("%s on nodes for %d places".formatted(range, room));
    }
    PlaceRange[] pieces = new PlaceRange[weights.length];
    long weightBefore = 0;
    int from = range.from();
    for (int piece = 0; piece < weights.length; piece++) {
      weightBefore += weights[piece];
      room -= limits[piece];
      // halves are compared, so that a place goes where its middle lies
      long wanted = 2 * (before[range.from()] + processes * weightBefore / allWeights);
      int until =
          piece == weights.length - 1
              ? range.until()
              : wholeBoards
                  ? boardCut(starts, range, from, wanted, weights.length - 1 - piece)
                  : placeCut(range, from, wanted);
      // what is left must find room behind this piece
      int least = (int) Math.max(from, range.until() - room);
      int most = (int) Math.min(range.until(), (long) from + limits[piece]);
      pieces[piece] = new PlaceRange(from, within(least, until, most, starts));
      from = pieces[piece].until();
    }
    return pieces;
  }

  /** A cut moved to where it must lie; to the nearest board there, if one begins there. */
  private static int within(int least, int cut, int most, int[] starts) {
    int nearest = Math.clamp(cut, least, most);
    if (nearest == cut) {
      return cut;
    }
    int best = -1;
    for (int start : starts) {
      boolean fits = start >= least && start <= most;
      if (fits && (best < 0 || Math.abs(start - cut) < Math.abs(best - cut))) {
        best = start;
      }
    }
    return best < 0 ? nearest : best;
  }

  /** The first place whose middle lies behind the cut. */
  private int placeCut(PlaceRange range, int from, long wanted) {
    int place = from;
    while (place < range.until() && before[place] + before[place + 1] < wanted) {
      place++;
    }
    return place;
  }

  /** The start of the first board whose middle lies behind the cut; each piece has a board at least. */
  private int boardCut(int[] starts, PlaceRange range, int from, long wanted, int piecesLeft) {
    int found = Arrays.binarySearch(starts, from);
    // behind the board that begins here, or in which the piece before had to end
    int first = found >= 0 ? found + 1 : -found - 1;
    int last = starts.length - piecesLeft;
    if (first >= starts.length) {
      return range.until();
    }
    int board = first;
    while (board < last) {
      int end = board + 1 < starts.length ? starts[board + 1] : range.until();
      if (before[starts[board]] + before[end] >= wanted) {
        break;
      }
      board++;
    }
    return starts[board];
  }

  /** First places of the boards in the range, if each lies in it whole; else of none. */
  private int[] boardStarts(PlaceRange range) {
    int[] starts = new int[model.boards()];
    int count = 0;
    boolean whole = false;
    for (int board = 0; board < model.boards(); board++) {
      int start = model.firstPlaceOfBoard(board);
      if (range.contains(start)) {
        starts[count++] = start;
        whole |= start == range.from();
      }
    }
    return whole ? Arrays.copyOf(starts, count) : new int[0];
  }
}
