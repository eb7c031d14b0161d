package stillpoint.kernel.sched;

/** The tasks each CPU has, by rising priority. A task never moves to another CPU. */
public enum TaskKind {
  /** The idle task. */
  IDLE("swapper"),
  /** The kernel thread that runs the guest program's MIPS code. */
  GUEST("guest"),
  /** Somebody's shell. */
  SHELL("sh"),
  /** The stopper thread: highest priority, nothing preempts it. */
  STOPPER("migration");

  private final String comm;

  TaskKind(String comm) {
    this.comm = comm;
  }

  /** As the kernel names it, for instance {@code migration/0}. */
  public String nameOn(int cpu) {
    return this == SHELL ? comm : comm + "/" + cpu;
  }

  /** Its bit in {@code rq->wake_list}. */
  public long wakeBit() {
    return 1L << ordinal();
  }
}
