package stillpoint.actors.reconcile;

import java.util.Optional;

/**
 * Where two sides part: the first event in the total order that is not the same on both.
 *
 * @param cycle at which it arrives or was to arrive, or of the cut if only states differ
 * @param process name of the process whose doing differs: who sent the event, or who took it though
 *     it was sent alike
 * @param one what the one side saw there, in words; empty if nothing
 * @param other the same of the other side
 */
public record Difference(long cycle, String process, Optional<String> one, Optional<String> other) {
  /** For people: a line on where, a line a side. */
  public String text(String oneName, String otherName) {
    return "%s and %s part at cycle %d, at %s:%n  %s: %s%n  %s: %s"
        .formatted(
            oneName,
            otherName,
            cycle,
            process,
            oneName,
            one.orElse("nothing of the kind"),
            otherName,
            other.orElse("nothing of the kind"));
  }
}
