package stillpoint.machine.coherence;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Comparator;
import stillpoint.machine.time.Restorable;
import stillpoint.machine.time.StateHash;

/**
 * The pages of a directory slice, found by number: an open-addressed table, so that a map of
 * terabytes costs what is touched. Pages are copied on the first change after a snapshot.
 */
final class LineStore implements Restorable {
  static final VarHandle LITTLE_ENDIAN_LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private LinePage[] table = new LinePage[16];
  private int pageCount;

  /** Number of snapshots for observers; how many there were is no state. */
  private transient int generation;

  private transient LinePage lastUsed;

  /** The page to read and change; made if it is not there. */
  LinePage page(long number) {
    LinePage last = lastUsed;
    if (last != null && last.number == number && last.generation == generation) {
      return last;
    }
    int at = slotOf(table, number);
    LinePage page = table[at];
    if (page == null) {
      if (2 * (pageCount + 1) > table.length) {
        grow();
        at = slotOf(table, number);
      }
      page = table[at] = new LinePage(number);
      page.generation = generation;
      pageCount++;
    } else if (page.generation != generation) {
      page = table[at] = new LinePage(page);
      page.generation = generation;
    }
    lastUsed = page;
    return page;
  }

  /**
   * Pages as they are now, by {@link #find}; they never change any more. Costs a reference a page.
   */
  LinePage[] snapshot() {
    generation++;
    return table.clone();
  }

  static LinePage find(LinePage[] pages, long number) {
    return pages[slotOf(pages, number)];
  }

  /** Pages in ascending order. */
  LinePage[] sorted() {
    LinePage[] pages = new LinePage[pageCount];
    int count = 0;
    for (LinePage page : table) {
      if (page != null) {
        pages[count++] = page;
      }
    }
    Arrays.sort(pages, Comparator.comparingLong(page -> page.number));
    return pages;
  }

  @Override
  public void restored() {
    lastUsed = null;
    generation = LinePage.OWN;
  }

  void fold(StateHash hash) {
    hash.fold(pageCount);
    for (LinePage page : sorted()) {
      page.fold(hash);
    }
  }

  private void grow() {
    LinePage[] larger = new LinePage[2 * table.length];
    for (LinePage page : table) {
      if (page != null) {
        larger[slotOf(larger, page.number)] = page;
      }
    }
    table = larger;
  }

  /** Where a page is, or would be put. The table is never full. */
  private static int slotOf(LinePage[] pages, long number) {
    int mask = pages.length - 1;
    int at = (int) StateHash.mix(number) & mask;
    while (pages[at] != null && pages[at].number != number) {
      at = (at + 1) & mask;
    }
    return at;
  }
}
