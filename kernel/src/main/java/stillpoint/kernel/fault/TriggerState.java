package stillpoint.kernel.fault;

import stillpoint.machine.board.Board;
import stillpoint.machine.time.SeededRandom;
import stillpoint.machine.time.StateHash;

/** How far one process that decides about a fault is with its trigger. Mutable, owned by that process. */
final class TriggerState {
  private static final long NEVER = Long.MAX_VALUE;

  private final Trigger trigger;
  private final long delayCycles;
  private final long forCycles;
  private final SeededRandom random;
  private long armedFrom;
  private long armedUntil;

  /** Matches while armed; before that, occurrences of the moment. */
  private long seen;

  private boolean struck;

  /**
   * @param random of this fault and this process alone
   */
  TriggerState(Trigger trigger, Board board, SeededRandom random) {
    this.trigger = trigger;
    this.random = random;
    this.delayCycles = board.cycleAt(trigger.fromNanos());
    this.forCycles = trigger.forNanos() == Trigger.EVER ? NEVER : board.cycleAt(trigger.forNanos());
    this.armedFrom = NEVER;
    this.armedUntil = NEVER;
    if (trigger.when().isEmpty()) {
      arm(0);
    }
  }

  /** The generator of a fault at a process: no draw of another moves it. */
  static SeededRandom randomOf(long seed, int number, int process) {
    return SeededRandom.ofSeed(seed).fork("fault").fork(number).fork(process);
  }

  private void arm(long cycle) {
    armedFrom = cycle + delayCycles;
    armedUntil = forCycles == NEVER ? NEVER : armedFrom + forCycles;
  }

  /**
   * A moment has come on this CPU.
   *
   * @param once whether the fault strikes once and by itself: then it may wait for a later occurrence
   */
  void comes(Moment moment, long cycle, boolean once) {
    boolean awaited = armedFrom == NEVER && !struck && trigger.when().isPresent();
    if (awaited && trigger.when().get().equals(moment)) {
      seen++;
      if (!once || seen == Math.max(1, trigger.nth())) {
        seen = 0;
        arm(cycle);
      }
    }
  }

  /** For kinds that strike what matches: whether it strikes this match. */
  boolean strikes(long cycle) {
    if (cycle < armedFrom || cycle >= armedUntil) {
      return false;
    }
    seen++;
    return trigger.nth() == 0 ? drawn() : seen == trigger.nth();
  }

  /** For kinds that strike once: when it is due, or never. */
  long dueCycle() {
    return struck ? NEVER : armedFrom;
  }

  /** The same, now that it is due: whether it strikes. It is asked only once. */
  boolean strikesNow() {
    struck = true;
    return drawn();
  }

  private boolean drawn() {
    return trigger.probability() == 1 || random.nextDouble() < trigger.probability();
  }

  void foldState(StateHash hash) {
    hash.fold(armedFrom).fold(seen).fold(struck);
  }
}
