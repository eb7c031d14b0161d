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

  /** Edits (insert, delete, replace, swap two neighbours) that turn one word into the other. */
  static int distance(String a, String b) {
    int[][] edits = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          edits[i][j] = i + j;
          continue;
        }
        boolean same = a.charAt(i - 1) == b.charAt(j - 1);
        int fewest = edits[i - 1][j - 1] + (same ? 0 : 1);
        fewest = Math.min(fewest, Math.min(edits[i - 1][j], edits[i][j - 1]) + 1);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          fewest = Math.min(fewest, edits[i - 2][j - 2] + 1);
        }
        edits[i][j] = fewest;
      }
    }
    return edits[a.length()][b.length()];
  }
}
