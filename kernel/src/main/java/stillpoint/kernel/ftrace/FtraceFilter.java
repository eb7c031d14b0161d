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

  /** The word with the sites of {@code filter} (low half) in the filter, in addition to those there if {@code append}. */
  static long withFilter(long word, long filter, boolean append) {
    long before = append ? word & FILTER_HALF : 0;
    return word & ~FILTER_HALF | before | filter;
  }

  /** The filter half of word {@code index} for all sites of functions that one of {@code names} means. */
  static long filterOf(CallSites sites, int index, List<String> names) {
    long filter = 0;
    int end = Math.min((index + 1) * SITES_A_WORD, sites.sites().size());
    for (int site = index * SITES_A_WORD; site < end; site++) {
      String function = sites.sites().get(site).function();
      if (names.stream().anyMatch(name -> matches(name, function))) {
        filter |= 1L << site % SITES_A_WORD;
      }
    }
    return filter;
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
    return sites.sites().stream().anyMatch(site -> matches(name, site.function()));
  }

  /** {@code name}, {@code start*}, {@code *end}, or {@code *middle*}. */
  static boolean matches(String pattern, String function) {
    boolean open = pattern.startsWith("*");
    boolean openEnd = pattern.endsWith("*");
    if (!open && !openEnd) {
      return pattern.equals(function);
    }
    if (pattern.length() == 1) {
      return true;
    }
    String text = pattern.substring(open ? 1 : 0, pattern.length() - (openEnd ? 1 : 0));
    if (open && openEnd) {
      return function.contains(text);
    }
    return open ? function.endsWith(text) : function.startsWith(text);
  }
}
