package stillpoint.clusterconfig;

import java.util.Collection;
import java.util.Locale;

/** Names in scenario files, and what somebody meant who misspelt one. */
final class Names {
  private Names() {}

  /** An enum constant as files write it: lower case with {@code -}. */
  static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** "did you mean 'board'?" if one of them is close, else "there are: ...". */
  static String suggest(String wrong, Collection<String> existing) {
    String best = null;
    int bestDistance = Math.max(1, wrong.length() / 3) + 1;
    for (String candidate : existing) {
      int distance = distance(wrong.toLowerCase(Locale.ROOT), candidate);
      if (distance < bestDistance) {
        bestDistance = distance;
        best = candidate;
      }
    }
    String all = String.join(", ", existing);
    return best == null ? "there are: " + all : "did you mean '" + best + "'? There are: " + all;
  }

  /** Edits (insert, delete, replace a character) that turn one word into the other. */
  static int distance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] current = new int[b.length() + 1];
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(replaced, Math.min(previous[j], current[j - 1]) + 1);
      }
      previous = current;
    }
    return previous[b.length()];
  }
}
