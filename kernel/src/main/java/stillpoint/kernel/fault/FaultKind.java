package stillpoint.kernel.fault;

import java.util.Locale;

/** Kinds of faults, in the order of docs/faults.md. */
public enum FaultKind {
  IPI_LOST,
  IPI_DELAYED,
  IPI_DUPLICATED,
  SPURIOUS_IRQ,
  IRQS_HELD,
  CPU_FROZEN,
  CPU_SLOW,
  CLOCK_SKEW,
  STORE_FAULT,
  BIT_FLIP,
  SLOW_MEMORY,
  SLOW_LINK,
  NODE_KILL,
  NODE_PAUSE,
  PARTITION,
  ACTOR_CRASH;

  /** As in scenario files and reports, for instance {@code ipi-lost}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Whether it hurts a host and not the simulated machine. */
  public boolean ofHost() {
    return compareTo(NODE_KILL) >= 0;
  }
}
