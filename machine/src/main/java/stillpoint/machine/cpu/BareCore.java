package stillpoint.machine.cpu;

import java.util.function.Consumer;
import stillpoint.machine.isa.ExcCode;

/**
 * A core that runs by itself, as hardware does: it takes its exceptions and interrupts, its timer
 * runs, its wait ends with an interrupt. What is behind its caches is the {@link Bus}.
 *
 * <p>Taking an exception costs a cycle. So a program whose handler cannot be fetched uses up its
 * time like any other.
 */
public final class BareCore {
  private final Core core;
  private final Bus bus;
  private Consumer<Trap> observer = _ -> {};
  private boolean waiting;
  private boolean stopped;

  public BareCore(Core core, Bus bus) {
    this.core = core;
    this.bus = bus;
  }

  public Core core() {
    return core;
  }

  /** Is told each exception and interrupt before it is taken. */
  public void onTrap(Consumer<Trap> newObserver) {
    observer = newObserver;
  }

  /** Makes {@link #run} return after the current instruction; for the bus and hooks to call. */
  public void stop() {
    stopped = true;
  }

  /** Whether the core sleeps in wait. */
  public boolean waiting() {
    return waiting;
  }

  /**
   * Runs from one cycle to another, waiting included. Returns REACHED, or STOPPED if {@link #stop}
   * was called; then {@link Core#cycle} says when, and a further run goes on from there.
   */
  public Stop run(long fromCycle, long untilCycle) {
    long now = fromCycle;
    stopped = false;
    while (now < untilCycle && !stopped) {
      core.cp0().advanceTimer(now);
      if (interrupted()) {
        now++;
      } else if (waiting) {
        now = Math.min(core.cp0().timerAt(), untilCycle);
      } else {
        now = execute(now, Math.min(core.cp0().timerAt(), untilCycle));
      }
    }
    core.goOnAt(now);
    return stopped ? Stop.STOPPED : Stop.REACHED;
  }

  /** Whether something asynchronous was taken. */
  private boolean interrupted() {
    Cp0 cp0 = core.cp0();
    int levels = cp0.status() & (Cp0.STATUS_EXL | Cp0.STATUS_ERL);
    if (levels == 0 && (cp0.cause() & Cp0.CAUSE_WP) != 0) {
      take(core.asynchronous(ExcCode.Watch));
      return true;
    }
    if (cp0.pendingInterrupts() == 0) {
      return false;
    }
    // a masked IE does not keep wait asleep: the manual leaves it open
    waiting = false;
    if (!cp0.interruptsEnabled()) {
      return false;
    }
    take(core.asynchronous(ExcCode.Int));
    return true;
  }

  private void take(Trap trap) {
    observer.accept(trap);
    core.deliverException(trap);
  }

  /** Executes until somebody has to look; returns the cycle reached. */
  private long execute(long from, long until) {
    Stop stop = core.run(from, until);
    while (stop == Stop.MISS || stop == Stop.UNCACHED) {
      boolean served = stop == Stop.MISS ? bus.serve(core) : bus.uncached(core);
      if (!served) {
        core.busError();
        stop = Stop.TRAPPED;
      } else {
        // nothing may come between an answer and its instruction, but a device may have interrupted
        stop = core.run(core.cycle(), core.cycle() + 1);
      }
    }
    if (stop == Stop.TRAPPED) {
      take(core.trap());
      return core.cycle() + 1;
    }
    waiting = stop == Stop.WAITING;
    return core.cycle();
  }
}
