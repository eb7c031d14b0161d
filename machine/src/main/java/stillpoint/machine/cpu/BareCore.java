package stillpoint.machine.cpu;

import java.util.function.Consumer;

/**
 * A core that runs by itself, as hardware does: it takes its exceptions and interrupts, its timer
 * runs, its wait ends with an interrupt: the {@link Sequencer}'s work. What is behind its caches is
 * the {@link Bus}, and there at once.
 */
public final class BareCore {
  private final Core core;
  private final Bus bus;
  private final Sequencer sequencer;
  private Consumer<Trap> observer = _ -> {};
  private boolean stopped;

  public BareCore(Core core, Bus bus) {
    this.core = core;
    this.bus = bus;
    this.sequencer = new Sequencer(core);
  }

  public Core core() {
    return core;
  }

  /** Is told each exception and interrupt when it has been taken. */
  public void onTrap(Consumer<Trap> newObserver) {
    observer = newObserver;
  }

  /** Makes {@link #run} return after the current instruction; for the bus and hooks to call. */
  public void stop() {
    stopped = true;
  }

  /** Whether the core sleeps in wait. */
  public boolean waiting() {
    return sequencer.waiting();
  }

  /** Whether it sleeps in wait and no interrupt can end that: none is unmasked. */
  public boolean sleepsForGood() {
    return sequencer.sleepsForGood();
  }

  /**
   * Runs from one cycle to another, waiting included. Returns REACHED, or STOPPED if {@link #stop}
   * was called; then {@link Core#cycle} says when, and a further run goes on from there.
   */
  public Stop run(long fromCycle, long untilCycle) {
    long now = fromCycle;
    stopped = false;
    while (now < untilCycle && !stopped) {
      Stop stop = sequencer.turn(now, untilCycle);
      while (stop == Stop.MISS || stop == Stop.UNCACHED) {
        boolean served = stop == Stop.MISS ? bus.serve(core) : bus.uncached(core);
        stop = served ? sequencer.complete() : sequencer.busError();
      }
      if (sequencer.taken() != null) {
        observer.accept(sequencer.taken());
      }
      now = stop == Stop.WAITING ? Math.min(core.cp0().timerAt(), untilCycle) : core.cycle();
    }
    core.goOnAt(now);
    return stopped ? Stop.STOPPED : Stop.REACHED;
  }
}
