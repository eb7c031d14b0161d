package stillpoint.machine.time;

/**
 * Neighbouring places of a model's topology.
 *
 * @param from the first, 0 or more
 * @param until behind the last, at least {@code from}
 */
public record PlaceRange(int from, int until) {
  public PlaceRange {
    if (from < 0 || until < from) {
      throw new BrokenInvariant("places " + from + " .. " + until + " are no range");
    }
  }

  public boolean contains(int place) {
    return from <= place && place < until;
  }
}
