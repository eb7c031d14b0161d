package stillpoint.machine.cpu;

import stillpoint.machine.isa.ExcCode;

/**
 * What the hardware of a core does between its instructions: the timer, interrupts, the entry into
 * exceptions, wait. One {@link #turn} at a time; what the caches cannot serve is the owner's, who
 * then calls {@link #complete}.
 *
 * <p>Taking an exception costs a cycle. So a program whose handler cannot be fetched uses up its
 * time like any other.
 */
public final class Sequencer {
  private final Core core;
  private boolean waiting;

  /** What the last turn took, or null. */
  private Trap taken;

  public Sequencer(Core core) {
    this.core = core;
  }

  /** Whether the core sleeps in wait. */
  public boolean waiting() {
    return waiting;
  }

  /** The exception or interrupt that the last turn or completion has taken, or null. */
  public Trap taken() {
    return taken;
  }

  /**
   * Takes what is pending, or executes up to a cycle; {@link Core#cycle} says how far it came.
   *
   * @return MISS and UNCACHED are the owner's; WAITING: the core sleeps on, no time has passed;
   *     TRAPPED: something was taken; REACHED: to be called again
   */
  public Stop turn(long now, long untilCycle) {
    core.cp0().advanceTimer(now);
    taken = null;
    Trap due = asynchronous();
    if (due != null) {
      core.goOnAt(now + 1);
      return take(due);
    }
    if (waiting) {
      core.goOnAt(now);
      return Stop.WAITING;
    }
    return after(core.run(now, Math.min(core.cp0().timerAt(), untilCycle)));
  }

  /**
   * Executes the instruction that had stopped, now that its access can be done. Nothing may come
   * between an answer and its instruction, also if a device has interrupted meanwhile.
   */
  public Stop complete() {
    return complete(core.cycle());
  }

  /** The same, at a later cycle. */
  public Stop complete(long now) {
    taken = null;
    return after(core.run(now, now + 1));
  }

  /** The access that had stopped leads nowhere. */
  public Stop busError() {
    core.busError();
    return after(Stop.TRAPPED);
  }

  /** Whether nothing but an interrupt from outside can end the sleep: the timer is masked. */
  public boolean sleepsForGood() {
    Cp0 cp0 = core.cp0();
    return waiting && (cp0.status() & Cp0.CAUSE_IP7) == 0 && cp0.pendingInterrupts() == 0;
  }

  private Stop after(Stop stop) {
    waiting = stop == Stop.WAITING;
    return switch (stop) {
      case TRAPPED -> {
        Trap trap = core.trap();
        core.goOnAt(core.cycle() + 1);
        yield take(trap);
      }
      case MISS, UNCACHED -> stop;
      case REACHED, CHECK_INTERRUPTS, WAITING, STOPPED -> Stop.REACHED;
    };
  }

  private Stop take(Trap trap) {
    taken = trap;
    core.deliverException(trap);
    return Stop.TRAPPED;
  }

  /** What comes between two instructions, or null. */
  private Trap asynchronous() {
    Cp0 cp0 = core.cp0();
    int levels = cp0.status() & (Cp0.STATUS_EXL | Cp0.STATUS_ERL);
    if (levels == 0 && (cp0.cause() & Cp0.CAUSE_WP) != 0) {
      return core.asynchronous(ExcCode.Watch);
    }
    if (cp0.pendingInterrupts() == 0) {
      return null;
    }
    // a masked IE does not keep wait asleep: the manual leaves it open
    waiting = false;
    return cp0.interruptsEnabled() ? core.asynchronous(ExcCode.Int) : null;
  }
}
