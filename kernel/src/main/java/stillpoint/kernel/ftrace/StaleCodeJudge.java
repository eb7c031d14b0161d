package stillpoint.kernel.ftrace;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import stillpoint.kernel.flush.FlushRecord;

/**
 * Judges, after the fact and in virtual time, which executed words memory no longer held. Nothing looks into another CPU
 * while the machine runs: the stores, the flushes and the executions were logged by whoever did them.
 *
 * <p>An executed word is <i>stale</i> if a store performed before that cycle had replaced it. It is <i>late</i> stale if,
 * moreover, the first flush that was called after that store and covers the address had returned by then, or if there
 * never was one: then nothing allowed that CPU to still have it.
 */
public final class StaleCodeJudge {
  /**
   * @param stale executed words that memory no longer held, late ones included
   * @param late those after the flush
   */
  public record Count(long stale, long late) {
    public Count plus(Count other) {
      return new Count(stale + other.stale, late + other.late);
    }
  }

  /** Stores to one word, ascending by cycle, and when the flush that covers each had returned. */
  private static final class Word {
    final List<PatchStore> stores = new ArrayList<>();
    final List<Long> flushed = new ArrayList<>();
  }

  /** No flush that covers the store was ever called. */
  private static final long NEVER_FLUSHED = -1;

  private final TreeMap<Long, Word> words = new TreeMap<>();

  /**
   * @param stores of all CPUs
   * @param flushes of all CPUs
   */
  public StaleCodeJudge(List<PatchStore> stores, List<FlushRecord> flushes) {
    stores.stream()
        .sorted(Comparator.comparingLong(PatchStore::cycle))
        .forEach(store -> words.computeIfAbsent(store.physical(), _ -> new Word()).stores.add(store));
    TreeMap<Long, List<FlushRecord>> ranges = new TreeMap<>();
    List<FlushRecord> whole = new ArrayList<>();
    for (FlushRecord flush : flushes) {
      if (flush.physical() == FlushRecord.WHOLE_CACHE) {
        whole.add(flush);
      } else {
        ranges.computeIfAbsent(flush.physical(), _ -> new ArrayList<>()).add(flush);
      }
    }
    words.forEach(
        (physical, word) -> {
          List<FlushRecord> covering = new ArrayList<>(whole);
          ranges.subMap(physical - MAX_RANGE_BYTES, false, physical, true).values().stream()
              .flatMap(List::stream)
              .filter(flush -> flush.covers(physical))
              .forEach(covering::add);
          word.stores.forEach(store -> word.flushed.add(flushedAt(store, covering)));
        });
  }

  /** Flushed ranges are a few words long. */
  private static final long MAX_RANGE_BYTES = 4096;

  private static long flushedAt(PatchStore store, List<FlushRecord> covering) {
    long earliest = NEVER_FLUSHED;
    for (FlushRecord flush : covering) {
      boolean after = flush.startCycle() >= store.cycle();
      if (after && (earliest == NEVER_FLUSHED || flush.returnCycle() < earliest)) {
        earliest = flush.returnCycle();
      }
    }
    return earliest;
  }

  /** Judges what one CPU executed. */
  public Count judge(ExecutionLog.View executions) {
    long stale = 0;
    long late = 0;
    for (int i = 0; i < executions.size(); i++) {
      Word word = words.get(executions.physical(i));
      if (word == null) {
        continue;
      }
      long cycle = executions.cycle(i);
      int last = lastStoreBefore(word, cycle);
      if (last < 0 || word.stores.get(last).newWord() == executions.word(i)) {
        continue;
      }
      stale++;
      int replacing = replacing(word, last, executions.word(i));
      long flushed = word.flushed.get(replacing);
      if (flushed == NEVER_FLUSHED || flushed < cycle) {
        late++;
      }
    }
    return new Count(stale, late);
  }

  /** Index of the last store performed before a cycle, or -1. */
  private static int lastStoreBefore(Word word, long cycle) {
    int index = word.stores.size() - 1;
    while (index >= 0 && word.stores.get(index).cycle() >= cycle) {
      index--;
    }
    return index;
  }

  /** Index of the store, up to {@code last}, after which memory last stopped holding {@code executed}. */
  private static int replacing(Word word, int last, int executed) {
    int index = last;
    while (index > 0 && word.stores.get(index).oldWord() != executed) {
      index--;
    }
    return index;
  }
}
