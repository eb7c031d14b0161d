package stillpoint.machine.time;

import java.util.Arrays;

/**
 * How far the pieces of a placement may run apart: only links that join two of them count, and a placement that cuts long
 * links alone lets them run far.
 */
public final class CrossingLookahead {
  private final Model model;

  /** By piece; empty where it has no process. */
  private final PlaceRange[] places;

  private CrossingLookahead(Model model, PlaceRange[] places) {
    this.model = model;
    this.places = places;
  }

  /** The pieces are {@code placement}'s shards, which hold neighbouring places each. */
  public static CrossingLookahead of(Model model, Placement placement) {
    PlaceRange[] places = new PlaceRange[placement.shards()];
    Arrays.setAll(places, piece -> placesOf(model, placement, piece));
    return new CrossingLookahead(model, places);
  }

  private static PlaceRange placesOf(Model model, Placement placement, int piece) {
    int from = Integer.MAX_VALUE;
    int until = 0;
    for (int index = 0; index < placement.sizeOf(piece); index++) {
      int place = model.placeOf(placement.idOf(piece, index));
      from = Math.min(from, place);
      until = Math.max(until, place + 1);
    }
    return new PlaceRange(Math.min(from, until), until);
  }

  /**
   * The smallest latency of any link between two pieces, at least the model's lookahead; {@link Long#MAX_VALUE} if none
   * joins them.
   */
  public long between(int pieceA, int pieceB) {
    return model.lookaheadBetween(places[pieceA], places[pieceB]);
  }

  /** The smallest latency of any link that the placement cuts; {@link Long#MAX_VALUE} if it cuts none. */
  public long smallest() {
    long smallest = Long.MAX_VALUE;
    for (int a = 0; a < places.length; a++) {
      for (int b = a + 1; b < places.length; b++) {
        smallest = Math.min(smallest, between(a, b));
      }
    }
    return smallest;
  }
}
