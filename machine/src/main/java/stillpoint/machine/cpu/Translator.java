package stillpoint.machine.cpu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Translates regions of programs to classes of the JVM, and keeps them: a core that comes to the
 * same words at the same address again is given the same code, also another core, or one of a later
 * run. For cores of one thread, and such without a {@link CodeWatch}.
 */
public final class Translator {
  /** Each is some 10 KiB of the JVM's memory; what does not fit is interpreted. */
  private static final int MOST_REGIONS = 4096;

  /** Shorter runs are not worth the JVM's work. */
  private static final long USUALLY_AFTER_CYCLES = 5_000_000;

  private static final int USUALLY_AFTER_ARRIVALS = 1000;

  private final long afterCycles;
  private final int afterArrivals;
  private final Map<Long, List<Translation>> byEntry = new LinkedHashMap<>();
  private int count;

  public Translator() {
    this(USUALLY_AFTER_CYCLES, USUALLY_AFTER_ARRIVALS);
  }

  /**
   * Translates from a cycle on what branches have led to so often.
   *
   * @param afterCycles at least 0
   * @param afterArrivals at least 1
   */
  public Translator(long afterCycles, int afterArrivals) {
    this.afterCycles = afterCycles;
    this.afterArrivals = afterArrivals;
  }

  boolean isWorthwhile(int arrivals, long cycle) {
    return arrivals >= afterArrivals && cycle >= afterCycles;
  }

  /** Regions translated so far. */
  public int regions() {
    return count;
  }

  /**
   * The code of a region and what it was translated from.
   *
   * @param leastCycles it does nothing in fewer
   * @param words of each line, as the instruction cache held them
   */
  record Translation(
      TranslatedCode code, int leastCycles, boolean wide, long[] lineAddresses, int[][] words) {
    /** Whether a core would fetch and decode just these words. */
    boolean holdsIn(Core core) {
      if (wide != core.wide) {
        return false;
      }
      for (int i = 0; i < words.length; i++) {
        int slot = core.slotFetchedFrom(lineAddresses[i]);
        if (slot < 0 || !Arrays.equals(core.l1i.words(slot), words[i])) {
          return false;
        }
      }
      return true;
    }
  }

  /** Code to execute from a core's pc on, or null if there is none. */
  Translation translate(Core core) {
    List<Translation> known = byEntry.computeIfAbsent(core.pc, _ -> new ArrayList<>());
    for (Translation translation : known) {
      if (translation.holdsIn(core)) {
        return translation;
      }
    }
    Region region = count < MOST_REGIONS ? RegionFinder.find(core, core.pc) : null;
    if (region == null) {
      return null;
    }
    count++;
    Translation made = translation(core, region);
    known.add(made);
    return made;
  }

  private static Translation translation(Core core, Region region) {
    long[] addresses = region.lineAddresses();
    int[][] words = new int[addresses.length][];
    for (int i = 0; i < addresses.length; i++) {
      words[i] = core.l1i.words(core.slotFetchedFrom(addresses[i])).clone();
    }
    int leastCycles = region.blocks().getFirst().length();
    return new Translation(RegionWriter.write(region), leastCycles, core.wide, addresses, words);
  }
}
