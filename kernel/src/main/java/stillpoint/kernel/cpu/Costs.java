package stillpoint.kernel.cpu;

/**
 * How many cycles pieces of kernel work take, cache misses and messages not counted (those take the time they take).
 * Chosen to be of the order that a 1 GHz in-order core shows, not measured on one; no verdict and no count depends on
 * them.
 */
public final class Costs {
  private Costs() {}

  /** A few instructions. */
  public static final int FEW = 4;

  /** A call with its prologue. */
  public static final int CALL = 12;

  /** Exception entry: vector, save registers, find the source. */
  public static final int IRQ_ENTRY = 90;

  /** Restore registers, eret. */
  public static final int IRQ_EXIT = 60;

  /** Pick the next task and switch stacks. */
  public static final int CONTEXT_SWITCH = 300;

  /** try_to_wake_up without its memory accesses. */
  public static final int WAKE_UP = 80;

  /** Set up an IPI: one store to a controller register. */
  public static final int SEND_IPI = 20;

  /** The scheduler tick. */
  public static final int TICK = 400;

  /** Format and queue a line of the kernel log. */
  public static final int PRINTK = 800;

  /** Look at a dyn_ftrace record and compute its new word. */
  public static final int FTRACE_RECORD = 120;

  /** Make an entry in the trace ring buffer. */
  public static final int TRACE_ENTRY = 60;

  /** Invalidate a line of the own instruction cache. */
  public static final int ICACHE_HIT_INVALIDATE = 6;

  /** Invalidate the whole own instruction cache, line by line. */
  public static final int ICACHE_INVALIDATE_ALL = 1024;

  /** A system call that reads a line typed by the user and starts what it says. */
  public static final int SHELL_LINE = 2000;
}
