package stillpoint.clusterconfig;

import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What the command line changes in a scenario.
 *
 * @param seed {@code --seed}
 * @param cpus {@code --cpus}: the board's CPU count; what no longer fits moves or is cut, with a note
 * @param settings {@code --set}, each {@code key=value} with a dotted scenario key; later ones win
 */
public record Overrides(OptionalLong seed, OptionalInt cpus, List<String> settings) {
  public static final Overrides NONE =
      new Overrides(OptionalLong.empty(), OptionalInt.empty(), List.of());

  public Overrides {
    settings = List.copyOf(settings);
  }
}
