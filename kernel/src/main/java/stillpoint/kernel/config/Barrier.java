package stillpoint.kernel.config;

/**
 * {@code missing-barriers}: a barrier of Linux's that a scenario can leave out, to see what it is good for. Each is named after
 * the function that has it.
 */
public enum Barrier {
  /** multi_cpu_stop's set_state(): smp_wmb between the new count of acknowledgements and the new state. */
  SET_STATE("set_state"),
  /** csd_lock(): smp_wmb between a csd's flags and what else is written into it. */
  CSD_LOCK("csd_lock"),
  /** csd_unlock(): smp_store_release of a csd's flags, after all that the called function did. */
  CSD_UNLOCK("csd_unlock"),
  /** llist_add(): the full barrier of the cmpxchg that puts a filled csd on a call queue. */
  LLIST_ADD("llist_add");

  private final String text;

  Barrier(String text) {
    this.text = text;
  }

  /** As a scenario names it. */
  public String text() {
    return text;
  }
}
