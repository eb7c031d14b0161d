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

  /** Process number: the shell is 1, kthreadd 2, then come the stoppers of {@code cpus} CPUs, then the guest threads. */
  public int pidOn(int cpu, int cpus) {
    return switch (this) {
      case IDLE -> 0;
      case SHELL -> 1;
      case STOPPER -> 3 + cpu;
      case GUEST -> 3 + cpus + cpu;
    };
  }

  /** Its bit in {@code rq->wake_list}. */
  public long wakeBit() {
    return 1L << ordinal();
  }
}
