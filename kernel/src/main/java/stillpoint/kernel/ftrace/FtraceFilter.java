package stillpoint.kernel.ftrace;

import java.util.List;

/**
 * The flags of ftrace's records in kernel memory, two bits a call site, 32 sites a word: in the low half whether the site
 * is in the filter, in the high half whether it is on. Both halves in one word, so that one line serves a whole step.
 */
public final class FtraceFilter {
  public static final int SITES_A_WORD = 32;

  private static final long FILTER_HALF = 0xFFFF_FFFFL;

  private FtraceFilter() {}

  static int wordOf(int site) {
    return site / SITES_A_WORD;
  }

  static int words(CallSites sites) {
    return Math.ceilDiv(sites.sites().size(), SITES_A_WORD);
  }

  static boolean inFilter(long word, int site) {
    return (word >>> site % SITES_A_WORD & 1) != 0;
  }

  static boolean isOn(long word, int site) {
    return (word >>> SITES_A_WORD + site % SITES_A_WORD & 1) != 0;
  }

  static long withOn(long word, int site, boolean on) {
    long bit = 1L << SITES_A_WORD + site % SITES_A_WORD;
    return on ? word | bit : word & ~bit;
  }

  /** Whether the word has a site in the filter. */
  static boolean hasFilter(long word) {
    return (word & FILTER_HALF) != 0;
  }

  /**
   * Word {@code index} with the sites of all functions that {@code names} mean in the filter, and those behind a {@code !} out of
   * it, one name after the other; if not {@code append}, from an empty filter.
   */
  static long withFilter(
      long word, CallSites sites, int index, List<String> names, boolean append) {
    long filter = append ? word & FILTER_HALF : 0;
    int end = Math.min((index + 1) * SITES_A_WORD, sites.sites().size());
    for (int site = index * SITES_A_WORD; site < end; site++) {
      String function = sites.sites().get(site).function();
      long bit = 1L << site % SITES_A_WORD;
      for (String name : names) {
        if (matches(bare(name), function)) {
          filter = takesOut(name) ? filter & ~bit : filter | bit;
        }
      }
    }
    return word & ~FILTER_HALF | filter;
  }

  private static boolean takesOut(String name) {
    return name.startsWith("!");
  }

  private static String bare(String name) {
    return takesOut(name) ? name.substring(1) : name;
  }

  /** Names up to the first that means no function; the kernel takes them one by one. */
  static List<String> known(CallSites sites, List<String> names) {
    int count = 0;
    while (count < names.size() && isKnown(sites, names.get(count))) {
      count++;
    }
    return names.subList(0, count);
  }

  private static boolean isKnown(CallSites sites, String name) {
    return sites.sites().stream().anyMatch(site -> matches(bare(name), site.function()));
  }

  /** Whether a name means a function: {@code *} is any text, {@code ?} any one letter. */
  static boolean matches(String pattern, String function) {
    int at = 0;
    int in = 0;
    int star = -1;
    int starIn = 0;
    while (in < function.length()) {
      char wanted = at < pattern.length() ? pattern.charAt(at) : 0;
      if (wanted == '*') {
        star = at++;
        starIn = in;
      } else if (wanted == '?' || wanted == function.charAt(in)) {
        at++;
        in++;
      } else if (star >= 0) {
        // the last star stands for one letter more
        at = star + 1;
        in = ++starIn;
      } else {
        return false;
      }
    }
    return pattern.substring(at).chars().allMatch(rest -> rest == '*');
  }
}
