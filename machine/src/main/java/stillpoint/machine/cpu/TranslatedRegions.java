package stillpoint.machine.cpu;

import stillpoint.machine.cpu.Translator.Translation;
import stillpoint.machine.isa.Outcome;

/**
 * The translated regions of one core, by address, and how often it came to the others. Beside the
 * interpreter: takes its place from an entry of a region to wherever the region is left, and leaves
 * everything as it would have.
 *
 * <p>A region holds as long as the instruction cache, or what addresses mean, has not changed since
 * it was looked at; then it is looked at again. Nothing within a region can change either: so each
 * of its fetches hits, as one by one they would have.
 */
final class TranslatedRegions {
  private static final int BITS = 13;

  private final Core core;
  private final Translator translator;
  private final Entry[] entries = new Entry[1 << BITS];

  /** An address that branches go to. */
  private static final class Entry {
    final long pc;
    int arrivals;

    /** Null if there is none, or none yet. */
    Translation translation;

    // for which it was found to hold
    long cacheChanges;
    long addressChanges;

    Entry(long pc) {
      this.pc = pc;
    }
  }

  TranslatedRegions(Core core, Translator translator) {
    this.core = core;
    this.translator = translator;
  }

  /** As {@link Interpreter#interpret}. */
  Stop run(long untilCycle) {
    boolean arrived = false;
    while (core.cycle < untilCycle) {
      Entry entry = entries[index(core.pc)];
      if (entry != null && entry.pc == core.pc && usable(entry, untilCycle - core.cycle)) {
        Outcome outcome = entry.translation.code().run(core, untilCycle);
        Stop stop = outcome == null ? null : core.leave(outcome);
        if (stop != null) {
          return stop;
        }
        // not where it ended only because the cycles were used up
        arrived = untilCycle - core.cycle >= RegionFinder.LONGEST_BLOCK;
        continue;
      }
      if (arrived) {
        count(entry);
      }
      long behindTheLine = (core.pc | core.lineMask) + 1;
      Stop stop = core.interpretOnce(untilCycle);
      if (stop != null) {
        return stop;
      }
      arrived = core.pc != behindTheLine && !core.inDelaySlot;
    }
    return Stop.REACHED;
  }

  private static int index(long pc) {
    return (int) (pc >>> 2 ^ pc >>> 2 + BITS) & (1 << BITS) - 1;
  }

  private boolean usable(Entry entry, long cycles) {
    Translation translation = entry.translation;
    return translation != null
        && cycles >= translation.leastCycles()
        && !core.inDelaySlot
        && !core.singly
        && (entry.cacheChanges == core.l1i.changes() && entry.addressChanges == core.mmu.changes()
            || holds(entry));
  }

  private boolean holds(Entry entry) {
    if (!entry.translation.holdsIn(core)) {
      return false;
    }
    entry.cacheChanges = core.l1i.changes();
    entry.addressChanges = core.mmu.changes();
    return true;
  }

  /** A branch has come to pc, where nothing is translated. */
  private void count(Entry known) {
    Entry entry = known;
    if (entry == null || entry.pc != core.pc) {
      entry = new Entry(core.pc);
      entries[index(core.pc)] = entry;
    }
    if (translator.isWorthwhile(++entry.arrivals, core.cycle)) {
      entry.arrivals = 0;
      entry.translation = translator.translate(core);
      entry.cacheChanges = core.l1i.changes();
      entry.addressChanges = core.mmu.changes();
    }
  }
}
