package stillpoint.kernel.system;

import java.util.List;
import stillpoint.kernel.ftrace.CallSites;

/** Files of the tracing folder that never change. */
final class TracingText {
  /** {@code struct dyn_ftrace} of a 64-bit MIPS kernel: ip and flags. */
  private static final int RECORD_BYTES = 16;

  private static final int PAGE_BYTES = 4096;

  private TracingText() {}

  static List<String> availableFilterFunctions(CallSites sites) {
    return sites.sites().stream().map(CallSites.CallSite::function).toList();
  }

  /** Records, and the pages they are in: groups of a power of two of pages, no page too many. */
  static List<String> totalInfo(CallSites sites) {
    int records = sites.sites().size();
    int pages = Math.ceilDiv(records, PAGE_BYTES / RECORD_BYTES);
    int groups = Integer.bitCount(pages);
    return List.of(records + " pages:" + pages + " groups: " + groups);
  }
}
