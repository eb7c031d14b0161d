package stillpoint.kernel.watch;

import stillpoint.machine.time.StateHash;

/**
 * The hard lockup watchdog of one CPU: an NMI every watchdog_thresh of cycles that are not idle, which irqs off do not hold
 * back, looks whether the soft lockup watchdog has sampled since the last one. A CPU that is found locked up is reported
 * once, until it is found well again; meanwhile no NMI is needed.
 */
final class HardLockupWatchdog {
  private final long periodCycles;
  private long nextNmiCycle;
  private long samplesSeen = -1;
  private boolean touchedByConsole;

  /**
   * @param periodCycles watchdog_thresh, or 0 if this CPU has no such watchdog
   */
  HardLockupWatchdog(long periodCycles) {
    this.periodCycles = periodCycles;
    this.nextNmiCycle = Long.MAX_VALUE;
  }

  /** Cycle of the next NMI, or {@link Long#MAX_VALUE}. */
  long nextNmiCycle() {
    return nextNmiCycle;
  }

  /** The CPU becomes idle: cycles are not counted. */
  void idle() {
    nextNmiCycle = Long.MAX_VALUE;
  }

  /** The CPU runs again, or took a timer interrupt: an NMI is due if none was. */
  void runs(long cycle) {
    if (periodCycles > 0 && nextNmiCycle == Long.MAX_VALUE) {
      nextNmiCycle = cycle + periodCycles;
      samplesSeen = -1;
    }
  }

  /** Takes the NMI; whether a hard lockup must be reported. */
  boolean nmi(long cycle, long samples) {
    nextNmiCycle = cycle + periodCycles;
    if (touchedByConsole) {
      touchedByConsole = false;
      return false;
    }
    boolean locked = samples == samplesSeen;
    samplesSeen = samples;
    if (locked) {
      nextNmiCycle = Long.MAX_VALUE;
    }
    return locked;
  }

  void consoleWrote() {
    touchedByConsole = true;
  }

  void foldState(StateHash hash) {
    hash.fold(nextNmiCycle).fold(samplesSeen).fold(touchedByConsole);
  }
}
