package stillpoint.kernel.ftrace;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import stillpoint.kernel.flush.FlushRecord;

/**
 * Judges, after the fact and in virtual time, which executed words memory no longer held. Nothing looks into another CPU
 * while the machine runs: the stores, the flushes and the executions were logged by whoever did them.
 *
 * <p>An executed word is <i>stale</i> if a store performed before that cycle had replaced it. It is <i>late</i> stale if,
 * moreover, the first flush that was called after that store and covers the address had returned by then, or if there
 * never was one: then nothing allowed that CPU to still have it.
 *
 * <p>Logs come in batches. A batch holds everything that all CPUs logged up to some cycle and had not told before, so an
 * execution is judged when it comes and then forgotten; memory is needed for the stores only. What cannot be known yet
 * is whether a store will ever be flushed: stale executions of one that was not are counted with the store.
 */
public final class StaleCodeJudge {
  /**
   * @param stale executed words that memory no longer held, late ones included
   * @param late those after the flush, and those never flushed
   * @param torn passes over a site that executed an old and a new word of it
   * @param examples the first few of each kind, by kind and cycle
   */
  public record Count(long stale, long late, long torn, List<StaleExample> examples) {}

  /** Examples kept of each kind: the first ones. */
  private static final int MOST_EXAMPLES = 4;

  /** No flush that covers the store has been called. Greater than any cycle and than {@code NOT_RETURNED}. */
  private static final long NOT_FLUSHED = Long.MAX_VALUE;

  /** A store to a word of text, and when it was flushed. */
  private static final class Store {
    final PatchStore store;
    long flushedAt = NOT_FLUSHED;
    long staleBeforeAnyFlush;
    StaleExample firstBeforeAnyFlush;

    Store(PatchStore store) {
      this.store = store;
    }
  }

  /** Stores to each word, ascending by cycle. */
  private final TreeMap<Long, List<Store>> words = new TreeMap<>();

  /** Words with a store whose flush has not returned. */
  private final TreeSet<Long> open = new TreeSet<>();

  private long stale;
  private long late;
  private long torn;
  private final List<StaleExample> tornExamples = new ArrayList<>();
  private final List<StaleExample> lateExamples = new ArrayList<>();
  private final List<StaleExample> staleExamples = new ArrayList<>();

  /** Of each of {@link #staleExamples}, the store whose flush decides whether it is a late one. */
  private final Map<StaleExample, Store> replacedBy = new LinkedHashMap<>();

  private int judgedCpu;
  private int staleFromThisCpu;
  private int lateFromThisCpu;

  /**
   * Takes one batch.
   *
   * @param stores of all CPUs
   * @param flushes of all CPUs
   * @param executions by CPU, of those who have something to tell
   */
  public void accept(
      List<PatchStore> stores,
      List<FlushRecord> flushes,
      SortedMap<Integer, ExecutionLog.View> executions) {
    stores.stream()
        .sorted(Comparator.comparingLong(PatchStore::cycle))
        .forEach(
            store -> {
              words.computeIfAbsent(store.physical(), _ -> new ArrayList<>()).add(new Store(store));
              open.add(store.physical());
            });
    flushes.forEach(this::flushed);
    // only now: of two flushes in one batch the one that returned first may stand last
    open.removeIf(this::isFlushed);
    List<List<StaleExample>> kinds = List.of(staleExamples, lateExamples, tornExamples);
    int[] before = kinds.stream().mapToInt(List::size).toArray();
    executions.forEach(
        (cpu, log) -> {
          judgedCpu = cpu;
          judge(log);
        });
    for (int kind = 0; kind < before.length; kind++) {
      keepFirst(kinds.get(kind), before[kind]);
    }
    replacedBy.keySet().retainAll(staleExamples);
  }

  /** The judgement, if nothing more comes: what has not been flushed never will be. */
  public Count count() {
    return count(false);
  }

  /**
   * The judgement so far.
   *
   * @param flushesMayCome the run ends in the midst of an update: nobody can say that a flush came late
   */
  public Count count(boolean flushesMayCome) {
    if (flushesMayCome) {
      List<StaleExample> examples = new ArrayList<>(staleExamples);
      examples.addAll(lateExamples);
      examples.addAll(tornExamples);
      return new Count(stale, late, torn, List.copyOf(examples));
    }
    long neverFlushed = 0;
    for (long physical : open) {
      for (Store store : words.get(physical)) {
        if (store.flushedAt == NOT_FLUSHED) {
          neverFlushed += store.staleBeforeAnyFlush;
        }
      }
    }
    List<StaleExample> late = new ArrayList<>(lateExamples);
    late.addAll(neverFlushedExamples());
    keepFirst(late, 0);
    List<StaleExample> examples = new ArrayList<>(staleExamples);
    examples.removeIf(one -> replacedBy.get(one).flushedAt == NOT_FLUSHED);
    examples.addAll(late);
    examples.addAll(tornExamples);
    return new Count(stale, this.late + neverFlushed, torn, List.copyOf(examples));
  }

  private List<StaleExample> neverFlushedExamples() {
    List<StaleExample> examples = new ArrayList<>();
    for (long physical : open) {
      for (Store store : words.get(physical)) {
        if (store.flushedAt == NOT_FLUSHED && store.firstBeforeAnyFlush != null) {
          examples.add(asLate(store.firstBeforeAnyFlush));
        }
      }
    }
    return examples;
  }

  private static StaleExample asLate(StaleExample one) {
    return new StaleExample(
        StaleExample.Kind.LATE,
        one.cpu(),
        one.cycle(),
        one.physical(),
        one.oldWord(),
        one.newWord());
  }

  /** Puts what a batch added, CPU by CPU, in order of time, and drops what is too much. */
  private static void keepFirst(List<StaleExample> examples, int from) {
    examples.subList(from, examples.size()).sort(BY_TIME);
    if (examples.size() > MOST_EXAMPLES) {
      examples.subList(MOST_EXAMPLES, examples.size()).clear();
    }
  }

  private static final Comparator<StaleExample> BY_TIME =
      Comparator.comparingLong(StaleExample::cycle).thenComparingInt(StaleExample::cpu);

  private void flushed(FlushRecord flush) {
    boolean whole = flush.physical() == FlushRecord.WHOLE_CACHE;
    var covered = whole ? open : open.subSet(flush.physical(), flush.physical() + flush.bytes());
    for (long physical : covered) {
      for (Store store : words.get(physical)) {
        if (store.store.cycle() <= flush.startCycle()) {
          store.flushedAt = Math.min(store.flushedAt, flush.returnCycle());
        }
      }
    }
  }

  private boolean isFlushed(long physical) {
    return words.get(physical).stream()
        .allMatch(store -> store.flushedAt < FlushRecord.NOT_RETURNED);
  }

  private void judge(ExecutionLog.View executions) {
    for (TornPass pass : executions.torn()) {
      torn++;
      tornExamples.add(
          new StaleExample(
              StaleExample.Kind.TORN,
              judgedCpu,
              pass.cycle(),
              pass.physical(),
              pass.oldWord(),
              pass.newWord()));
    }
    staleFromThisCpu = 0;
    lateFromThisCpu = 0;
    for (int i = 0; i < executions.size(); i++) {
      List<Store> stores = words.get(executions.physical(i));
      if (stores != null) {
        judge(stores, executions.cycle(i), executions.word(i), executions.physical(i));
      }
    }
  }

  private void judge(List<Store> stores, long cycle, int executed, long physical) {
    int last = stores.size() - 1;
    while (last >= 0 && stores.get(last).store.cycle() >= cycle) {
      last--;
    }
    if (last < 0 || stores.get(last).store.newWord() == executed) {
      return;
    }
    stale++;
    // the store after which memory last stopped holding the word
    int replacing = last;
    while (replacing > 0 && stores.get(replacing).store.oldWord() != executed) {
      replacing--;
    }
    Store replaced = stores.get(replacing);
    int held = stores.get(last).store.newWord();
    if (replaced.flushedAt < cycle) {
      late++;
      // a CPU's log ascends: its first few are enough to know the machine's
      if (lateFromThisCpu++ < MOST_EXAMPLES) {
        lateExamples.add(example(StaleExample.Kind.LATE, cycle, physical, executed, held));
      }
      return;
    }
    if (staleFromThisCpu++ < MOST_EXAMPLES) {
      StaleExample one = example(StaleExample.Kind.STALE, cycle, physical, executed, held);
      staleExamples.add(one);
      replacedBy.put(one, replaced);
    }
    if (replaced.flushedAt == NOT_FLUSHED) {
      replaced.staleBeforeAnyFlush++;
      StaleExample first = replaced.firstBeforeAnyFlush;
      if (first == null || first.cycle() > cycle) {
        replaced.firstBeforeAnyFlush =
            example(StaleExample.Kind.STALE, cycle, physical, executed, held);
      }
    }
  }

  private StaleExample example(
      StaleExample.Kind kind, long cycle, long physical, int executed, int held) {
    return new StaleExample(kind, judgedCpu, cycle, physical, executed, held);
  }
}
