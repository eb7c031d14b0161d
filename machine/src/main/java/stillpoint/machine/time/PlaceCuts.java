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

  /** Pieces in the order of {@code weights}; some are empty if there are fewer places. */
  PlaceRange[] cut(PlaceRange range, int[] weights) {
    int[] starts = boardStarts(range);
    boolean wholeBoards = starts.length > 1 && starts.length >= weights.length;
    long allWeights = Arrays.stream(weights).asLongStream().sum();
    long processes = before[range.until()] - before[range.from()];
    PlaceRange[] pieces = new PlaceRange[weights.length];
    long weightBefore = 0;
    int from = range.from();
    for (int piece = 0; piece < weights.length; piece++) {
      weightBefore += weights[piece];
      // halves are compared, so that a place goes where its middle lies
      long wanted = 2 * (before[range.from()] + processes * weightBefore / allWeights);
      int until =
          piece == weights.length - 1
              ? range.until()
              : wholeBoards
                  ? boardCut(starts, range, from, wanted, weights.length - 1 - piece)
                  : placeCut(range, from, wanted);
      pieces[piece] = new PlaceRange(from, until);
      from = until;
    }
    return pieces;
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
    int first = Arrays.binarySearch(starts, from) + 1;
    int last = starts.length - piecesLeft;
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
