package stillpoint.kernel.cpu;

import stillpoint.machine.coherence.AccessKind;

/** What a {@link Frame} does next. {@code cycles}: how long the piece of work took, at least 1. */
public sealed interface Step {
  /** The same activation goes on as {@code frame}. */
  record Next(Frame frame, int cycles) implements Step {}

  /** Calls {@code callee}; the caller goes on as {@code caller} when it returns. */
  record Call(Frame caller, Frame callee, int cycles) implements Step {}

  /** Returns {@code value} to the caller, which reads it as {@link KernelCpu#returned()}. */
  record Return(long value, int cycles) implements Step {}

  /**
   * An access cannot be made: the frame is stepped again when it can. Nothing has happened yet.
   *
   * @param store of which kind it is, if it is a store
   */
  record Stall(AccessKind kind, long physical, StoreKind store) implements Step {}

  /** A barrier: the frame is stepped again when all earlier stores of this CPU are in its cache. */
  record Barrier() implements Step {}

  /**
   * Busy-waits: the frame is stepped again when the line that holds {@code physical}, which it has just read, is written
   * by somebody else, or after an interrupt. Until then the CPU's spinning changes nothing and costs no events.
   *
   * @param deadlineCycle the loop watches the clock too: at this cycle at the latest the frame is stepped again
   */
  record Spin(long physical, long deadlineCycle) implements Step {
    public Spin(long physical) {
      this(physical, Long.MAX_VALUE);
    }
  }

  /** Waits for an answer of the interrupt controller, then is stepped again. */
  record AwaitController() implements Step {}

  /** Gives the CPU away until somebody wakes this task; goes on as {@code frame}. */
  record Sleep(Frame frame, int cycles) implements Step {}

  /** Offers the CPU to a task of higher priority that is due to run, in any kernel; goes on as {@code frame}. */
  record CondResched(Frame frame, int cycles) implements Step {}

  static Step next(Frame frame, int cycles) {
    return new Next(frame, cycles);
  }

  static Step call(Frame caller, Frame callee, int cycles) {
    return new Call(caller, callee, cycles);
  }

  static Step done(int cycles) {
    return new Return(0, cycles);
  }

  static Step done(long value, int cycles) {
    return new Return(value, cycles);
  }

  /** A STORE is an ordered one. */
  static Step stall(AccessKind kind, long physical) {
    return new Stall(kind, physical, StoreKind.ORDERED);
  }

  /** For a store of this kind. */
  static Step stall(StoreKind store, long physical) {
    return new Stall(AccessKind.STORE, physical, store);
  }

  static Step barrier() {
    return new Barrier();
  }
}
