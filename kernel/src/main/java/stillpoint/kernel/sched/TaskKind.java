package stillpoint.kernel.sched;

/** The tasks each CPU has, by rising priority. A task never moves to another CPU. */
public enum TaskKind {
  /** The idle task. */
  IDLE("swapper"),
  /** The kernel thread that runs the guest program's MIPS code. */
  GUEST("guest"),
  /** Somebody's shell. It stands in for init, as on a machine booted with {@code init=/bin/sh}. */
  SHELL("init"),
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

  /**
   * Process number, as a booted kernel deals them: the shell is 1; five kernel threads a CPU, of which the stopper of CPU 0
   * is 14; then the guest's threads.
   */
  public int pidOn(int cpu, int cpus) {
    return switch (this) {
      case IDLE -> 0;
      case SHELL -> 1;
      case STOPPER -> 14 + 5 * cpu;
      case GUEST -> 14 + 5 * cpus + cpu;
    };
  }

  /** Its bit in {@code rq->wake_list}. */
  public long wakeBit() {
    return 1L << ordinal();
  }
}
