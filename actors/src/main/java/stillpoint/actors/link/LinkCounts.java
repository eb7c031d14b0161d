package stillpoint.actors.link;

/**
 * What happened on one end of a {@link ReliableLink}, or on several.
 *
 * @param sent frames with payload that went out, those sent again among them
 * @param resent frames sent again
 * @param asked times that the other end was asked for a frame that was missing
 * @param duplicates frames that came more than once, and were dropped
 */
public record LinkCounts(long sent, long resent, long asked, long duplicates) {
  public static final LinkCounts NONE = new LinkCounts(0, 0, 0, 0);

  public LinkCounts plus(LinkCounts other) {
    return new LinkCounts(
        sent + other.sent,
        resent + other.resent,
        asked + other.asked,
        duplicates + other.duplicates);
  }
}
